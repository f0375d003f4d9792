import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { outputOf, useProgram } from '../commands/programs.ts';
import { chartObjects, comparable, type Release } from './chart.ts';
import { type Manifest, parseManifests, read } from './manifests.ts';
import { type Overlay, withOverlay } from './overlay.ts';

const NAMESPACES = ['team-a', 'team-b'];

interface Same {
  readonly what: string;
  readonly release: Release;
  readonly overlay: Overlay;
  /** What is applied to each namespace besides. */
  readonly inNamespaces?: boolean;
}

/** The patches of docs/guide/metrics.md. */
function metricsPatches(): object[] {
  const [, text = ''] = /^```yaml\n(.*?)^```$/ms.exec(read('docs/guide/metrics.md')) ?? [];
  return z.object({ patches: z.array(z.looseObject({})) }).parse(parse(text)).patches;
}

const SAME: readonly Same[] = [
  { what: 'default values', release: {}, overlay: { resources: ['config/default'] } },
  {
    what: 'Kubernetes 1.35',
    release: { kubeVersion: '1.35.4' },
    overlay: { resources: ['config/without-admission'] },
  },
  {
    what: 'another name and namespace',
    release: { name: 'second', namespace: 'platform-ops' },
    overlay: { resources: ['config/default'], namespace: 'platform-ops', namePrefix: 'second-' },
  },
  {
    what: 'some namespaces',
    release: { values: { namespaces: NAMESPACES } },
    overlay: { resources: ['config/namespaced'] },
    inNamespaces: true,
  },
  {
    what: 'a network policy',
    release: { values: { networkPolicy: { enabled: true } } },
    overlay: { resources: ['config/default', 'config/network-policy'] },
  },
  {
    what: 'metrics for those who may have them',
    release: {
      values: {
        metrics: { port: 8082, access: 'authorized', certificateSecret: 'dependency-gate-metrics' },
      },
    },
    overlay: { resources: ['config/default', 'config/metrics-access'], patches: metricsPatches() },
  },
  {
    what: 'more kinds',
    release: { values: { rbac: { moreKinds: true } } },
    overlay: { resources: ['config/default', 'config/more-kinds'] },
  },
];

describe('config/chart', function () {
  this.timeout(60_000);
  const helm = useProgram('helm');
  const kustomize = useProgram('kustomize');
  const built = (folder: string): Manifest[] => parseManifests(outputOf([kustomize(), 'build', folder]));

  for (const { what, release, overlay, inNamespaces = false } of SAME)
    it(`makes with ${what} what kustomize makes of ${overlay.resources.join(' and ')}`, async () => {
      const objects = await withOverlay(overlay, built);
      const bindings = inNamespaces
        ? NAMESPACES.flatMap((namespace) =>
            built('config/namespaced/bindings').map((one) => ({
              ...one,
              metadata: { ...one.metadata, namespace },
            })),
          )
        : [];
      const expected = comparable([...objects, ...bindings]);
      expect(comparable(chartObjects(helm(), release))).to.deep.equal(expected);
    });
});
