import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import {
  MAIN_VERSION,
  MUTATING_POLICIES,
  meets,
  minorName,
  OLDEST_VERSION,
  VERSIONS,
  type Version,
} from './cluster/versions.ts';

/** A part of the tests that runs as a whole or not at all. */
export interface Tier {
  readonly name: string;
  readonly what: string;
  readonly files: readonly string[];
  readonly without: readonly string[];
  /** The release of Kubernetes that it runs on. */
  readonly version: Version;
  /** How many of its files run at once, each number in a process of its own; one after the other where there is none. */
  readonly jobs?: number;
  /** It runs only where it is named, and not with what always runs. */
  readonly isAsked?: true;
  /** Another one has all of it. */
  readonly isPart?: true;
  /** On programs of others, whose timing nobody here decides: a story that fails is tried once more, which is told. */
  readonly isOnCluster?: true;
  /** Scripts that must end well first. */
  readonly before: () => Promise<readonly (readonly string[])[]>;
  /** Why it cannot run here. */
  readonly missing: () => Promise<string | undefined>;
}

/** First, since files run side by side, and one of ten minutes that comes last would run alone. */
const LONGEST = ['scenarios', 'first-starts', 'first-starts-later', 'first-starts-jobs'];
/** Each file is named by one of the patterns, since what two name runs twice. */
const CLUSTER_FILES = [...LONGEST.map(onCluster), `test/cluster/**/!(${LONGEST.join('|')}).test.ts`];
/** What another release of Kubernetes can change: how first starts are gated there, and what an upgrade to it does. */
const RELEASE_FILES = ['test/cluster/{first-starts,admission-,upgrade,crd-skew}*.test.ts'];
/**
 * What older releases show, and the main one. Where the API server mutates, refusal stands behind that; a newer API server
 * knows what the expressions of the guards are made of; and when a Job is resumed, and what comes after first starts, is
 * the operator's to decide.
 */
const ON_OLDER = [
  ...['jobs', 'later', 'refused', 'uninstall'].map((name) => onCluster(`first-starts-${name}`)),
  onCluster('admission-{apply,guard,hold,new-kind,operator,require,skipped}*'),
];
/** How the operator bears many names, dear expressions and slow webhooks: a minute or three of both cores each. */
const LOAD_FILES = ['dear-expressions', 'many-names', 'slow-webhook'].map(onCluster);
const NODE_FILES = 'test/cluster/**/*.node.test.ts';
const GITOPS_FILES = 'test/cluster/**/*.gitops.test.ts';
const KUEUE_FILES = 'test/cluster/**/*.kueue.test.ts';

const CONTROL_PLANE = ['test/cluster/build.ts', 'control-plane'] as const;
const TOOLS = ['test/cluster/build.ts', 'tools'] as const;
const NODE = ['test/cluster/build.ts', 'node'] as const;
const NODE_SERVICES = ['test/cluster/build.ts', 'node-services'] as const;

/** Files that the tiers of the control plane leave to others. */
const ELSEWHERE = [NODE_FILES, GITOPS_FILES, KUEUE_FILES, ...LOAD_FILES];

/** What they test is the same whatever the release: the tests' own parts, and how the operator ends. */
const OF_NO_RELEASE =
  'test/cluster/{at-exit,audit,describe-with,leaders,programs,run-command,use,versions}.test.ts';

const others = VERSIONS.filter(({ version }) => version !== MAIN_VERSION);

export const TIERS: readonly Tier[] = [
  {
    name: 'unit',
    what: 'each part by itself',
    files: [
      'test/*.test.ts',
      'test/{api,core,kube,projections,controller,waiter,sandbox,config,commands}/**/*.test.ts',
    ],
    without: [],
    version: MAIN_VERSION,
    // Half of its time it waits for programs that it starts, on another core.
    jobs: Math.max(2, availableParallelism()),
    // kubectl, helm and kustomize; without Go, what is on the machine serves.
    before: async () => ((await withoutGo()) === undefined ? [CONTROL_PLANE, TOOLS] : []),
    missing: async () => undefined,
  },
  {
    name: 'sandbox',
    what: 'whole stories, exact requests and faults on the embedded sandbox',
    files: ['test/{requests,scenarios}/**/*.test.ts'],
    without: [],
    version: MAIN_VERSION,
    before: async () => ((await withoutGo()) === undefined ? [CONTROL_PLANE] : []),
    missing: async () => undefined,
  },
  {
    name: 'control-plane',
    what: `whole stories on a real API server, of Kubernetes ${MAIN_VERSION}`,
    files: CLUSTER_FILES,
    // Refusal is for releases before it, and is shown on one of them with every run.
    without: [...ELSEWHERE, onCluster('first-starts-refused')],
    version: MAIN_VERSION,
    jobs: clusters(),
    // helm: what is released with it is installed as people do it.
    isOnCluster: true,
    before: async () => [CONTROL_PLANE, TOOLS],
    missing: withoutGo,
  },
  {
    name: 'node',
    what: 'whole stories on a real node: kubelet, containers, DNS and Services',
    files: [NODE_FILES],
    without: [],
    version: MAIN_VERSION,
    isOnCluster: true,
    before: async () => [CONTROL_PLANE, NODE, NODE_SERVICES],
    missing: async () => withoutRoot() ?? withoutGo(),
  },
  {
    name: `node ${OLDEST_VERSION}`,
    what: `the story and first starts on a real node of the oldest release, ${OLDEST_VERSION}`,
    files: ['story.node', 'first-starts.node'].map(onCluster),
    without: [],
    version: OLDEST_VERSION,
    isAsked: true,
    isOnCluster: true,
    before: async () => [[...CONTROL_PLANE, OLDEST_VERSION], [...NODE, OLDEST_VERSION], NODE_SERVICES],
    missing: async () => withoutRoot() ?? withoutGo(),
  },
  {
    name: 'load',
    what: 'how the operator bears many names, dear expressions and slow webhooks, on a real API server',
    files: LOAD_FILES,
    without: [],
    version: MAIN_VERSION,
    isAsked: true,
    isOnCluster: true,
    before: async () => [CONTROL_PLANE],
    missing: withoutGo,
  },
  {
    name: 'gitops',
    what: 'that the engines of Flux and Argo CD find nothing to do where gates are, on a real API server',
    files: [GITOPS_FILES],
    without: [],
    version: MAIN_VERSION,
    isAsked: true,
    isOnCluster: true,
    before: async () => [CONTROL_PLANE, ['test/cluster/build.ts', 'gitops']],
    missing: withoutGo,
  },
  {
    name: 'kueue',
    what: 'that Jobs and Pods start when both their queue and their gates let them, with Kueue on a real API server',
    files: [KUEUE_FILES],
    without: [],
    version: MAIN_VERSION,
    isAsked: true,
    isOnCluster: true,
    before: async () => [CONTROL_PLANE, ['test/cluster/build.ts', 'kueue']],
    missing: async () => withoutRoot() ?? withoutGo(),
  },
  ...others.filter(({ runs }) => runs === 'always').map(({ version }) => firstStartsOf(version)),
  ...others.map(({ version }) => controlPlaneOf(version)),
];

/** Mocha takes a pattern of nothing but braces for the name of a file. */
function onCluster(name: string): string {
  return `test/cluster/${name}.test.ts`;
}

/** How many API servers run at once: one of them leaves a third of two cores idle. A cluster that is given is one. */
function clusters(): number {
  return process.env.DEPENDENCY_GATE_TEST_KUBECONFIG ? 1 : 2;
}

/** What is there on another release than the main one, whole. */
function controlPlaneOf(version: Version): Tier {
  return {
    ...onRelease(version),
    name: `control-plane ${version}`,
    what: `whole stories on an API server of Kubernetes ${version}`,
    files: CLUSTER_FILES,
    without: [...ELSEWHERE, OF_NO_RELEASE],
    isAsked: true,
  };
}

/** The part of it that runs with every `make test`. */
function firstStartsOf(version: Version): Tier {
  return {
    ...onRelease(version),
    name: `first-starts ${version}`,
    what: `how first starts are gated by an API server of Kubernetes ${version}`,
    files: RELEASE_FILES,
    without: [...ELSEWHERE, ...(meets(version, MUTATING_POLICIES) ? ON_OLDER : [])],
    isPart: true,
  };
}

function onRelease(version: Version) {
  return {
    version,
    jobs: clusters(),
    isOnCluster: true,
    before: async () => [[...CONTROL_PLANE, version], TOOLS],
    missing: async () =>
      process.env.KUBEBUILDER_ASSETS ? 'KUBEBUILDER_ASSETS gives programs of one release' : withoutGo(),
  } as const;
}

/** Those named: by name, by release (`1.37` is its control plane tier) or all releases (`versions`). None: what always runs. */
export function selectTiers(names: readonly string[]): readonly Tier[] {
  if (names.length === 0) return TIERS.filter(({ isAsked }) => !isAsked);
  const selected = names.flatMap(tiersNamed);
  return TIERS.filter((tier) => selected.includes(tier));
}

function tiersNamed(wanted: string): readonly Tier[] {
  const found = TIERS.filter(({ name, version }) => {
    if (name === wanted) return true;
    const isOfRelease = wanted === 'versions' || wanted === version || wanted === minorName(version);
    return isOfRelease && name.startsWith('control-plane');
  });
  if (found.length > 0) return found;
  const names = TIERS.map(({ name }) => name).join(', ');
  throw new Error(`no such tier: ${wanted}; there are ${names}, and versions`);
}

function withoutGo(): Promise<string | undefined> {
  if (process.env.KUBEBUILDER_ASSETS) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    execFile('go', ['version'], (error) => {
      resolve(error ? 'Go is not found: install Go 1.26 or newer, or set KUBEBUILDER_ASSETS' : undefined);
    });
  });
}

function withoutRoot(): string | undefined {
  if (process.platform !== 'linux') return `a node needs Linux, and this is ${process.platform}`;
  return process.getuid?.() === 0 ? undefined : 'a node needs root: run it with sudo, or in CI';
}
