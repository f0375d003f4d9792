import { expect } from 'chai';
import type { GateSpec } from '../../src/api/spec.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { argoDiffs, type Comparison, fluxSyncs, requireEngines } from './engines.ts';
import {
  startGatedCluster,
  startWatchedCluster,
  useStory,
  type WatchedCluster,
} from './first-starts/cluster.ts';
import { requirePrograms } from './programs.ts';
import { startRefusingCluster } from './refused-starts/cluster.ts';
import { useCluster } from './use.ts';

const SYNCS = 20;
const OURS = 'dgate-first--api';
/** What Git has of own init containers, one commit after the other. */
const COMMITS: Readonly<Record<string, readonly string[]>> = {
  'one own init container': ['migrate'],
  'another one added before it': ['fetch', 'migrate'],
  'the two in the other order': ['migrate', 'fetch'],
  'one removed': ['fetch'],
  'all removed': [],
  'one added again': ['migrate'],
};

/** Who applies what Git has, and then looks 20 times whether there is something to do. */
interface Tool {
  readonly apply: (objects: readonly KubeObject[]) => Promise<unknown>;
  /** What was to be done each time, in words; none where there is no drift. */
  readonly drift: (objects: readonly KubeObject[]) => Promise<readonly string[]>;
}

interface Way {
  readonly what: string;
  readonly start: () => Promise<WatchedCluster>;
  readonly spec: Partial<GateSpec>;
  /** Whether the template carries the gate. */
  readonly isInTemplate: boolean;
}

const WAYS: readonly Way[] = [
  { what: "the operator's patch", start: startWatchedCluster, spec: {}, isInTemplate: true },
  {
    what: "the operator's patch, with first Pods refused",
    start: startRefusingCluster,
    spec: {},
    isInTemplate: true,
  },
  { what: 'admission', start: startGatedCluster, spec: {}, isInTemplate: true },
  {
    what: 'placement in Pods',
    start: startGatedCluster,
    spec: { placement: 'Pod' },
    isInTemplate: false,
  },
];

for (const { what, start, spec, isInTemplate } of WAYS)
  describe(`gates that come into targets by ${what}`, function () {
    this.timeout(600_000);
    const cluster = useCluster(
      async () => {
        await requirePrograms(process.env.KUBEBUILDER_ASSETS);
        await requireEngines();
      },
      () => start(),
    );
    const { here, settle } = useStory(cluster);
    const kubeconfig = () => cluster().controlPlane.kubeconfig;
    const manifests = (own: readonly string[]): KubeObject[] => {
      const initContainers = own.map((name) => ({ name, image: 'registry.example/app:1' }));
      const pod = initContainers.length === 0 ? {} : { initContainers };
      return [gate('first', ['web'], [dns('api')], spec), deployment('web', { pod })].map((object) => ({
        ...object,
        metadata: { ...object.metadata, namespace: here().name },
      }));
    };
    const text = (objects: readonly KubeObject[]) =>
      objects.map((object) => `---\n${JSON.stringify(object)}\n`).join('');
    const apply =
      (...options: readonly string[]) =>
      (objects: readonly KubeObject[]) =>
        here().kubectl(['apply', ...options, '-f=-'], text(objects));
    const argo = (comparison: Comparison, ...options: readonly string[]): Tool => ({
      apply: apply(...options),
      drift: async (objects) =>
        (await argoDiffs(kubeconfig(), objects, comparison, SYNCS))
          .filter(({ modified }) => modified)
          .map(({ object, live, predicted }) => `${object}: ${live} is to be ${predicted}`),
    });
    const byApply = ['--server-side', '--force-conflicts', '--field-manager=argocd-controller'];
    const tools: Readonly<Record<string, Tool>> = {
      Flux: {
        apply: (objects) => fluxSyncs(kubeconfig(), objects, 1),
        drift: async (objects) =>
          (await fluxSyncs(kubeconfig(), objects, SYNCS))
            .filter(({ action }) => action !== 'unchanged')
            .map(({ sync, object, action }) => `sync ${sync}: ${object} ${action}`),
      },
      'Argo CD by client-side apply': argo('client'),
      'Argo CD by server-side apply': argo('apply', ...byApply),
      'Argo CD by server-side apply and diff': argo('server', ...byApply),
    };
    /** Waits until nothing is left to do about what Git has. */
    const untilAtRest = async (own: readonly string[]) => {
      const wanted = [...(isInTemplate ? [OURS] : []), ...own].join(' ');
      await here().until(`the template has ${wanted}`, async () => {
        const names = '-o=jsonpath={.spec.template.spec.initContainers[*].name}';
        const found = await here().kubectl(['get', 'deployment/web', names]);
        if (found === wanted) return true;
        throw new Error(`it has ${found}`);
      });
      await here().untilGate('first', { ready: 'True/InForce', stalled: '-' });
      await settle('first');
    };
    const versions = () =>
      here().kubectl(['get', 'deployment/web', '-o=jsonpath={.metadata.generation} {.metadata.uid}']);

    for (const [name, tool] of Object.entries(tools))
      it(`are no drift to ${name}, over ${SYNCS} syncs of each commit`, async () => {
        for (const [commit, own] of Object.entries(COMMITS)) {
          const objects = manifests(own);
          await tool.apply(objects);
          await untilAtRest(own);
          const before = await versions();
          expect(await tool.drift(objects), commit).to.deep.equal([]);
          expect(await versions(), commit).to.equal(before);
        }
      });
  });
