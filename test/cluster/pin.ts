/**
 * Makes the Go modules of the releases in versions.ts, from what each release's own go.mod names:
 *
 *     node test/cluster/pin.ts             # those that there is none of, or one of another release
 *     node test/cluster/pin.ts 1.37.2      # this one, whatever there is
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { GO_MODULE, moduleFile, moduleFlags } from './go-module.ts';
import { runCommand } from './run-command.ts';
import { VERSIONS, type Version, versionNamed } from './versions.ts';

const downloadSchema = z.object({ GoMod: z.string() });

/** The release of Kubernetes that a go.mod pins, without its `v`. */
export function pinnedIn(module: string): string | undefined {
  return /^\s*k8s\.io\/kubernetes v(\d+\.\d+\.\d+)$/m.exec(module)?.[1];
}

/**
 * What `go mod tidy` completes. Kubernetes takes its own libraries from folders of its repository, which another module
 * cannot; each is also published, as v0 of the same number. Its language version decides the defaults of GODEBUG.
 *
 * @param upstream the go.mod of k8s.io/kubernetes of that release
 */
export function moduleOf(version: Version, upstream: string): string {
  const library = version.replace(/^1\./, 'v0.');
  const libraries = [...upstream.matchAll(/^\s*(k8s\.io\/\S+) => \.\/staging\//gm)].map(
    ([, name = '']) => name,
  );
  const find = (what: RegExp): string => {
    const [, found] = what.exec(upstream) ?? [];
    if (found === undefined) throw new Error(`the go.mod of Kubernetes ${version} has no ${what.source}`);
    return found;
  };
  const required = [
    `go.etcd.io/etcd/server/v3 ${find(/^\s*go\.etcd\.io\/etcd\/server\/v3 (v\S+)/m)}`,
    `k8s.io/component-base ${library}`,
    `k8s.io/kubectl ${library}`,
    `k8s.io/kubernetes v${version}`,
  ];
  return [
    'module dependencygate.dev/test/cluster\n',
    `go ${find(/^go (\S+)$/m)}\n`,
    `require (\n${required.map((line) => `\t${line}\n`).join('')})\n`,
    `replace (\n${libraries.map((name) => `\t${name} => ${name} ${library}\n`).join('')})\n`,
  ].join('\n');
}

async function pin(version: Version): Promise<void> {
  const args = ['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`];
  const download = await runCommand(['go', ...args], { limitMs: 10 * 60_000 });
  const { GoMod } = downloadSchema.parse(JSON.parse(download.stdout));
  const file = join(GO_MODULE, moduleFile(version));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, moduleOf(version, readFileSync(GoMod, 'utf8')));
  const tidy = ['go', 'mod', 'tidy', ...moduleFlags(version)];
  await runCommand(tidy, { cwd: GO_MODULE, limitMs: 10 * 60_000 });
  console.error(`pinned Kubernetes ${version} in ${file}`);
}

function isPinned(version: Version): boolean {
  const file = join(GO_MODULE, moduleFile(version));
  return existsSync(file) && pinnedIn(readFileSync(file, 'utf8')) === version;
}

if (import.meta.main) {
  const [name] = process.argv.slice(2);
  const missing = VERSIONS.map(({ version }) => version).filter((version) => !isPinned(version));
  for (const version of name === undefined ? missing : [versionNamed(name)]) await pin(version);
}
