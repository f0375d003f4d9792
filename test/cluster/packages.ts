import { existsSync } from 'node:fs';
import { runCommand } from './run-command.ts';

/** A file and the Debian package that brings it. */
const NODE_FILES = {
  '/usr/bin/containerd': 'containerd',
  '/usr/sbin/runc': 'runc',
  '/usr/lib/cni/ptp': 'containernetworking-plugins',
  '/usr/sbin/iptables': 'iptables',
  '/usr/sbin/ipset': 'ipset',
  '/usr/sbin/ip': 'iproute2',
  '/usr/bin/dig': 'bind9-dnsutils',
  '/bin/busybox': 'busybox',
  '/bin/dash': 'dash',
} as const;

/** Installs the Debian packages that a node needs, those that are missing, after saying so. Rejects where that fails. */
export async function installPackages(say: (line: string) => void): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  say(`installing the Debian packages that the node needs: ${missing.join(' ')}`);
  const limits = { limitMs: 10 * 60_000 };
  await runCommand(['apt-get', 'update'], limits);
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...missing];
  await runCommand(['env', 'DEBIAN_FRONTEND=noninteractive', ...install], limits);
  const still = missingPackages();
  if (still.length > 0) throw new Error(`installed, but not where they are looked for: ${still.join(' ')}`);
}

/** Throws with the reason when this machine can run no node. */
export function requireNodeMachine(): void {
  if (process.platform !== 'linux') throw new Error('a node needs Linux');
  if (process.getuid?.() !== 0) throw new Error('a node needs root');
  const missing = missingPackages();
  if (missing.length > 0 && !existsSync('/usr/bin/apt-get')) {
    throw new Error(`missing, and no apt-get to install them with: ${missing.join(' ')}`);
  }
}

function missingPackages(): string[] {
  return Object.entries(NODE_FILES)
    .filter(([file]) => !existsSync(file))
    .map(([, name]) => name);
}
