/**
 * Builds the Kubernetes programs that the tests run, from the modules that go.mod pins:
 *
 *     node test/cluster/build.ts [control-plane|node|node-services|tools|gitops|kueue]
 *     node test/cluster/build.ts control-plane 1.37.2     # of another release of versions.ts
 *
 * The result is kept under .cache/cluster/bin (.cache/cluster/bin/1.37.2) and built again only when what it is made of
 * has changed.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { GO_MODULE, moduleFile, moduleFlags, programsOf } from './go-module.ts';
import { runCommand } from './run-command.ts';
import { KUBELET_WITH_CONTEXT, MAIN_VERSION, meets, type Version, versionNamed } from './versions.ts';

/**
 * `control-plane`: what serves the API. `node`: Kubernetes' own programs of a node. `node-services`: what a node needs besides,
 * whatever its release. `tools`: what renders manifests, and reads what is rendered. `gitops`: the engines of Flux and Argo CD.
 */
const BUILT = ['control-plane', 'node', 'node-services', 'tools', 'gitops', 'kueue'] as const;
export type Tier = (typeof BUILT)[number];

interface Program {
  readonly name: string;
  /** The components it plays, each under a link of that name. */
  readonly components: readonly string[];
  /** What it is made of, besides the Go toolchain. */
  readonly inputs: () => readonly (string | Buffer)[];
  /** The `go` command that leaves a file called `name` in the folder. */
  readonly command: (folder: string) => readonly string[];
}

const COREDNS = 'github.com/coredns/coredns@v1.15.0';
const KUBE_ROUTER = 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router@v2.1.0';
/** Which queues Jobs. */
export const KUEUE = 'sigs.k8s.io/kueue/cmd/kueue@v0.17.0';
const HELM = 'helm.sh/helm/v4/cmd/helm@v4.3.1';
const PROMTOOL = 'github.com/prometheus/prometheus/cmd/promtool@v0.316.0';
const GLUA = 'github.com/yuin/gopher-lua/cmd/glua@v1.1.2';
const KUSTOMIZE = 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1';

/** Two programs, since the API alone is built in half the time of everything. */
function programsFor(tier: Tier, version: Version): readonly Program[] {
  const components = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'];
  switch (tier) {
    case 'control-plane':
      return [kubernetes('control-plane', components, version)];
    case 'node':
      return [
        kubernetes('node', ['kubelet', 'kube-scheduler', 'kube-proxy'], version, [
          '-tags',
          kubeletTags(version),
        ]),
      ];
    case 'node-services':
      return [
        kubernetes('pause', [], MAIN_VERSION),
        installed('coredns', COREDNS),
        installed('kube-router', KUBE_ROUTER),
      ];
    case 'tools':
      return [
        installed('helm', HELM),
        installed('kustomize', KUSTOMIZE),
        // Without the clouds that it would ask for what to scrape: they are most of the build.
        installed('promtool', PROMTOOL, ['-tags', 'remove_all_sd']),
        installed('glua', GLUA),
      ];
    case 'kueue':
      return [installed('kueue', KUEUE), installed('kustomize', KUSTOMIZE)];
    case 'gitops':
      return [ofModule('flux'), ofModule('argo-cd')];
  }
}

/** Clients parse the version that a component reports; without these it would be `v0.0.0-master+$Format:%H$`. */
function versionFlags(version: Version): string {
  const [major, minor] = version.split('.');
  const set = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return Object.entries(set)
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
}

/** Which of the two ways to make a kubelet is compiled. */
function kubeletTags(version: Version): string {
  return meets(version, KUBELET_WITH_CONTEXT) ? '' : 'kubelet_before_1_34';
}

function kubernetes(
  name: string,
  components: readonly string[],
  version: Version,
  flags: readonly string[] = [],
): Program {
  const pinned = moduleFile(version);
  const sources = [
    pinned,
    pinned.replace(/mod$/, 'sum'),
    ...globSync(`${name}/*.go`, { cwd: GO_MODULE }).toSorted(),
  ];
  return {
    name,
    components,
    inputs: () => sources.map((file) => readFileSync(join(GO_MODULE, file))),
    command: (folder) => {
      const ldflags = `-s -w ${versionFlags(version)}`;
      return [
        'go',
        'build',
        '-v',
        '-mod=readonly',
        ...moduleFlags(version),
        '-trimpath',
        '-ldflags',
        ldflags,
        ...flags,
        '-o',
        join(folder, name),
        `./${name}`,
      ];
    },
  };
}

/** A program with a Go module of its own, since what it is made of does not go with other releases. */
function ofModule(name: string): Program {
  const sources = ['go.mod', 'go.sum', 'main.go'].map((file) => join(name, file));
  return {
    name,
    components: [],
    inputs: () => sources.map((file) => readFileSync(join(GO_MODULE, file))),
    command: (folder) => [
      'go',
      'build',
      '-C',
      name,
      '-v',
      '-mod=readonly',
      '-trimpath',
      '-ldflags',
      '-s -w',
      '-o',
      join(folder, name),
      '.',
    ],
  };
}

/** A program as its module makes it, with the versions that it pins itself. */
function installed(name: string, module: string, flags: readonly string[] = []): Program {
  return {
    name,
    components: [],
    inputs: () => [module],
    command: (folder) => [
      'env',
      `GOBIN=${folder}`,
      'go',
      'install',
      '-v',
      '-trimpath',
      '-ldflags',
      '-s -w',
      ...flags,
      module,
    ],
  };
}

/**
 * Builds what is missing or out of date and answers with the folder of the programs.
 * Rejects when Go is missing or a build fails.
 */
export async function build(
  tier: Tier,
  say: (line: string) => void,
  version: Version = MAIN_VERSION,
): Promise<string> {
  const go = await goVersion();
  const programs = programsOf(version);
  mkdirSync(programs, { recursive: true });
  for (const program of programsFor(tier, version)) {
    const hash = createHash('sha256').update(go);
    for (const part of [...program.inputs(), program.command('').join(' ')]) hash.update(part);
    await buildProgram(program, programs, hash.digest('hex'), say);
  }
  return programs;
}

/** What `go version` says. Rejects with what to do where there is no Go. */
export async function goVersion(): Promise<string> {
  try {
    return (await runCommand(['go', 'version'])).stdout.trim();
  } catch (cause) {
    throw new Error(
      'no Go toolchain found: the tests build Kubernetes with Go 1.26 or newer (https://go.dev/dl)',
      {
        cause,
      },
    );
  }
}

async function buildProgram(
  program: Program,
  programs: string,
  stamp: string,
  say: (line: string) => void,
): Promise<void> {
  const file = join(programs, program.name);
  const stampFile = `${file}.stamp`;
  if (existsSync(file) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const folder = mkdtempSync(join(programs, '.building-'));
  try {
    await compile(program, folder, say);
    // Renaming leaves whoever runs the old program undisturbed; the stamp comes last, so that a killed build is done again.
    rmSync(stampFile, { force: true });
    renameSync(join(folder, program.name), file);
    for (const component of program.components) link(program.name, join(programs, component));
    writeFileSync(stampFile, stamp);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function link(program: string, path: string): void {
  rmSync(path, { force: true });
  symlinkSync(program, path);
}

/** `go -v` names each package as it is compiled: shown every few seconds, for a cold build takes minutes. */
async function compile(program: Program, folder: string, say: (line: string) => void): Promise<void> {
  const began = performance.now();
  const elapsed = () => `${Math.round((performance.now() - began) / 1000)} s`;
  let packages = 0;
  let last = 'reading modules';
  say(`building ${program.name} (minutes when Go has cached nothing, then seconds)`);
  const progress = setInterval(() => say(`  ${elapsed()}, ${packages} packages, ${last}`), 10_000);
  try {
    await runCommand(['env', 'CGO_ENABLED=0', ...program.command(folder)], {
      cwd: GO_MODULE,
      limitMs: 45 * 60_000,
      onErrorLine: (line) => {
        packages += 1;
        last = line;
      },
    });
  } finally {
    clearInterval(progress);
  }
  say(`built ${program.name} in ${elapsed()}`);
}

if (import.meta.main) {
  const [tier = 'control-plane', version = MAIN_VERSION] = process.argv.slice(2);
  const known = BUILT.find((one) => one === tier);
  if (known === undefined) {
    console.error(`usage: node test/cluster/build.ts [${BUILT.join('|')}] [VERSION]`);
    process.exitCode = 2;
  } else {
    console.log(await build(known, console.error, versionNamed(version)));
  }
}
