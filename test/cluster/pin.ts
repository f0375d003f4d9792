/**
 * Makes the Go modules of the releases in versions.ts, from what each release's own go.mod names:
 *
 *     node test/cluster/pin.ts             # those that there is none of, or one of another release
 *     node test/cluster/pin.ts 1.37.2      # this one, whatever there is
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

/** The version under which a library of Kubernetes is published with a release. */
export function libraryVersion(version: Version): string {
  return version.replace(/^1\./, 'v0.');
}

/** The libraries of k8s.io/kubernetes, by its go.mod. */
function librariesIn(upstream: string): readonly string[] {
  return [...upstream.matchAll(/^\s*(k8s\.io\/\S+) => \.\/staging\//gm)].map(([, name = '']) => name);
}

/**
 * What `go mod tidy` completes. Kubernetes takes its own libraries from folders of its repository, which another module
 * cannot; each is also published, as v0 of the same number. Its language version decides the defaults of GODEBUG.
 *
 * @param upstream the go.mod of k8s.io/kubernetes of that release
 * @param olderLibraries those that are taken as an earlier patch has them, with its version
 */
export function moduleOf(
  version: Version,
  upstream: string,
  olderLibraries: ReadonlyMap<string, string> = new Map(),
): string {
  const versionOf = (library: string) => olderLibraries.get(library) ?? libraryVersion(version);
  const find = (what: RegExp): string => {
    const [, found] = what.exec(upstream) ?? [];
    if (found === undefined) throw new Error(`the go.mod of Kubernetes ${version} has no ${what.source}`);
    return found;
  };
  const replaced = librariesIn(upstream).map((name) => `\t${name} => ${name} ${versionOf(name)}\n`);
  const required = [
    `go.etcd.io/etcd/server/v3 ${find(/^\s*go\.etcd\.io\/etcd\/server\/v3 (v\S+)/m)}`,
    `k8s.io/component-base ${versionOf('k8s.io/component-base')}`,
    `k8s.io/kubectl ${versionOf('k8s.io/kubectl')}`,
    `k8s.io/kubernetes v${version}`,
  ];
  return [
    'module dependencygate.dev/test/cluster\n',
    `go ${find(/^go (\S+)$/m)}\n`,
    `require (\n${required.map((line) => `\t${line}\n`).join('')})\n`,
    `replace (\n${replaced.join('')})\n`,
  ].join('\n');
}

/** The patches before a release, the newest first. */
export function earlierPatches(version: Version): readonly Version[] {
  const [, minor = 0, patch = 0] = version.split('.').map(Number);
  return Array.from({ length: patch }, (_, index): Version => `1.${minor}.${patch - 1 - index}`);
}

/**
 * The libraries that are not to be had in the version of a release, each with the newest patch before it that is: the last
 * patches of a minor release change next to nothing, and some of their libraries never reached the proxy.
 */
async function olderLibrariesOf(
  version: Version,
  libraries: readonly string[],
): Promise<Map<string, string>> {
  const older = new Map<string, string>();
  for (const library of libraries) {
    const wanted = [version, ...earlierPatches(version)].map(libraryVersion);
    const found = await firstPublished(library, wanted);
    if (found === undefined) throw new Error(`${library} is published in no patch of Kubernetes ${version}`);
    if (found !== libraryVersion(version)) older.set(library, found);
  }
  return older;
}

async function firstPublished(library: string, versions: readonly string[]): Promise<string | undefined> {
  for (const version of versions) {
    const asked = runCommand(['go', 'mod', 'download', `${library}@${version}`], {
      cwd: tmpdir(),
      limitMs: 60_000,
    });
    const isPublished = await asked.then(
      () => true,
      () => false,
    );
    if (isPublished) return version;
  }
  return undefined;
}

async function pin(version: Version): Promise<void> {
  const args = ['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`];
  const download = await runCommand(['go', ...args], { limitMs: 10 * 60_000 });
  const { GoMod } = downloadSchema.parse(JSON.parse(download.stdout));
  const file = join(GO_MODULE, moduleFile(version));
  mkdirSync(dirname(file), { recursive: true });
  const upstream = readFileSync(GoMod, 'utf8');
  const older = await olderLibrariesOf(version, librariesIn(upstream));
  for (const [library, found] of older) console.error(`${library} is not to be had: ${found} in its place`);
  writeFileSync(file, moduleOf(version, upstream, older));
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
