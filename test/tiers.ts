import { execFile } from 'node:child_process';
import process from 'node:process';

/** A part of the tests that runs as a whole or not at all. */
export interface Tier {
  readonly name: string;
  readonly what: string;
  readonly files: readonly string[];
  readonly without: readonly string[];
  /** Scripts that must end well first. */
  readonly before: () => Promise<readonly (readonly string[])[]>;
  /** Why it cannot run here. */
  readonly missing: () => Promise<string | undefined>;
}

const NODE_FILES = 'test/cluster/**/*.node.test.ts';

const CONTROL_PLANE = ['test/cluster/build.ts', 'control-plane'] as const;
const TOOLS = ['test/cluster/build.ts', 'tools'] as const;

export const TIERS: readonly Tier[] = [
  {
    name: 'unit',
    what: 'each part by itself',
    files: [
      'test/*.test.ts',
      'test/{api,core,kube,projections,controller,waiter,sandbox,config,commands}/**/*.test.ts',
    ],
    without: [],
    // kubectl, helm and kustomize; without Go, what is on the machine serves.
    before: async () => ((await withoutGo()) === undefined ? [CONTROL_PLANE, TOOLS] : []),
    missing: async () => undefined,
  },
  {
    name: 'sandbox',
    what: 'whole stories, exact requests and faults on the embedded sandbox',
    files: ['test/{requests,scenarios}/**/*.test.ts'],
    without: [],
    before: async () => ((await withoutGo()) === undefined ? [CONTROL_PLANE] : []),
    missing: async () => undefined,
  },
  {
    name: 'control-plane',
    what: 'whole stories on a real API server',
    files: ['test/cluster/**/*.test.ts'],
    without: [NODE_FILES],
    before: async () => [CONTROL_PLANE],
    missing: withoutGo,
  },
  {
    name: 'node',
    what: 'whole stories on a real node: kubelet, containers, DNS and Services',
    files: [NODE_FILES],
    without: [],
    before: async () => [CONTROL_PLANE, ['test/cluster/build.ts', 'node']],
    missing: async () => withoutRoot() ?? withoutGo(),
  },
];

/** The tiers named, or all. */
export function selectTiers(names: readonly string[]): readonly Tier[] {
  const unknown = names.filter((name) => !TIERS.some((tier) => tier.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `no such tier: ${unknown.join(', ')}; there are ${TIERS.map(({ name }) => name).join(', ')}`,
    );
  }
  return names.length === 0 ? TIERS : TIERS.filter(({ name }) => names.includes(name));
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
