import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createServer } from 'node:tls';
import { OPERATOR_USER } from '../../src/api/names.ts';
import { startSimulatedCluster } from '../../src/commands/sandbox/start-sandbox.ts';
import { endingWithUs } from '../cluster/at-exit.ts';
import { certificate } from '../kube/certificates.ts';
import { quantile } from './moments.ts';
import { cpuMs, residentMiB } from './usage.ts';

/**
 * What the operator's process takes before it has anything to do: time and CPU until its first request, and memory in a
 * cluster without gates. It is started as in a Pod, with a ServiceAccount, against the sandbox's API server behind TLS.
 *
 *     node test/bench/process.ts [rounds, default 9] ['[flags of Node] file' ...]
 *
 * Without rivals it is dist/ against Node that makes one request with its own client. More are other builds, with flags of
 * Node or without, or variables of the environment. All take turns. Linux and root: the ServiceAccount is mounted.
 */
const ROUNDS = Number(process.argv[2] ?? 9);
/** Lists and watches are open by then, and what was needed for the start is let go of. */
const QUIET_MS = 6000;

/** What Node itself takes. */
const BARE = `const { readFileSync } = require('node:fs');
require('node:https').get({
  host: '127.0.0.1', port: process.env.KUBERNETES_SERVICE_PORT, path: '/version',
  ca: readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/ca.crt'),
}, (answer) => answer.resume());
setInterval(() => {}, 1000);`;

/** Runs what is behind $1 with the files of that folder in place of a Pod's own. */
const IN_POD = `mount -t tmpfs none /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount &&
cp "$1"/* /run/secrets/kubernetes.io/serviceaccount/ && shift && exec "$@"`;

type Figures = Readonly<Record<string, number>>;

const folder = mkdtempSync(join(tmpdir(), 'bench-process-'));
const account = mkdtempSync(join(folder, 'account-'));
writeFileSync(join(folder, 'bare.cjs'), BARE);
const rivals = [`${join(folder, 'bare.cjs')}`, ...process.argv.slice(3)];
if (rivals.length === 1) rivals.push('dist/dependency-gate.js');

let onRequest: (() => void) | undefined;
const cluster = await startSimulatedCluster({
  around: async (_exchange, handle) => {
    onRequest?.();
    return handle();
  },
});
const upstream = Number(new URL(cluster.server.url).port);
const front = await startFront();
try {
  const results = new Map<string, Figures[]>(rivals.map((rival) => [rival, []]));
  for (let round = 1; round <= ROUNDS; round += 1)
    for (const rival of rivals) {
      const figures = await turn(rival);
      results.get(rival)?.push(figures);
      console.error(`round ${round}, ${rival}: ${JSON.stringify(figures)}, load ${loadavg()[0]?.toFixed(1)}`);
    }
  print(results);
} finally {
  front.close();
  await cluster.stop();
  rmSync(folder, { recursive: true });
}

async function startFront() {
  const authority = certificate(folder, 'authority');
  const { cert, key } = certificate(folder, 'server', authority);
  copyFileSync(authority.certFile, join(account, 'ca.crt'));
  writeFileSync(join(account, 'token'), OPERATOR_USER);
  const server = createServer({ cert, key }, (socket) => {
    const behind = connect(upstream, '127.0.0.1');
    socket.pipe(behind).pipe(socket);
    for (const one of [socket, behind]) one.on('error', () => {}); // a process is killed
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

async function turn(rival: string): Promise<Figures> {
  const words = rival.split(' ');
  const isFlag = (word: string) => word.startsWith('-');
  const env = words.filter((word) => !isFlag(word) && word.includes('='));
  const node = [
    process.execPath,
    ...words.filter(isFlag),
    ...words.filter((word) => !isFlag(word) && !word.includes('=')),
  ];
  const operator = ['operator', '--waiter-image=waiter:1', '--health-port=0'];
  const first = Promise.withResolvers<void>();
  onRequest = first.resolve;
  const began = performance.now();
  const args = ['--mount', 'sh', '-c', IN_POD, 'sh', account, ...node, ...operator];
  const child = endingWithUs(
    spawn('unshare', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...Object.fromEntries(env.map((one) => one.split('=', 2))),
        PATH: process.env.PATH,
        KUBERNETES_SERVICE_HOST: '127.0.0.1',
        KUBERNETES_SERVICE_PORT: String((front.address() as AddressInfo).port),
      },
    }),
  );
  const pid = child.pid ?? Number.NaN;
  const exited = once(child, 'exit');
  await Promise.race([first.promise, exited.then(() => Promise.reject(new Error(`${rival} has ended`)))]);
  const ms = performance.now() - began;
  const cpu = cpuMs(pid);
  const early = residentMiB(pid);
  await pause(QUIET_MS);
  const figures = {
    'start → first request, ms': ms,
    'CPU until then, ms': cpu,
    'RSS then, MiB': early,
    'RSS at rest, MiB': residentMiB(pid),
  };
  child.kill('SIGKILL');
  await exited;
  return figures;
}

function print(results: ReadonlyMap<string, readonly Figures[]>): void {
  console.log(`\n${ROUNDS} rounds; ${cpus().length} cores`);
  const names = Object.keys([...results.values()][0]?.[0] ?? {});
  console.log(`| median (least) | ${names.join(' | ')} |`);
  console.log(`| --- |${names.map(() => ' ---: |').join('')}`);
  for (const [rival, all] of results) {
    const cells = names.map((name) => {
      const values = all.map((one) => one[name] ?? Number.NaN);
      return `${quantile(values, 0.5).toFixed(0)} (${Math.min(...values).toFixed(0)})`;
    });
    console.log(`| ${rival.replace(`${folder}/`, '')} | ${cells.join(' | ')} |`);
  }
}
