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
  /** Those to which config/namespaced/bindings is applied besides. */
  readonly namespaces?: readonly string[];
}

const blockSchema = z.looseObject({ patches: z.array(z.looseObject({})).default([]) });

/** The patches of the overlays in a document. */
function patchesOf(document: string): object[] {
  const blocks = [...read(document).matchAll(/^```yaml\n(.*?)^```$/gms)];
  return blocks.flatMap(([, text = '']) => blockSchema.parse(parse(text)).patches);
}

/** Where the operator of docs/guide/namespaces.md works. */
const TEAM_C = {
  target: { kind: 'Deployment', name: 'dependency-gate-operator' },
  patch: JSON.stringify([
    { op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: 'team-c' },
  ]),
};

const SAME: readonly Same[] = [
  { what: 'default values', release: {}, overlay: { resources: ['config/default'] } },
  {
    what: 'Kubernetes 1.35',
    release: { kubeVersion: '1.35.4' },
    overlay: { resources: ['config/without-admission'] },
  },
  {
    what: 'Kubernetes 1.35 that has the policies switched on',
    release: { kubeVersion: '1.35.4', values: { policies: { admission: 'v1beta1' } } },
    overlay: { resources: ['config/default-v1beta1'] },
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
    namespaces: NAMESPACES,
  },
  {
    what: 'guards of some namespaces',
    release: { values: { namespaces: ['team-c'], policies: { guardNamespacesOnly: true } } },
    overlay: {
      resources: ['config/namespaced'],
      patches: [...patchesOf('docs/guide/namespaces.md'), TEAM_C],
    },
    namespaces: ['team-c'],
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
    overlay: {
      resources: ['config/default', 'config/metrics-access'],
      patches: patchesOf('docs/guide/metrics.md'),
    },
  },
  {
    what: 'monitoring',
    release: { values: { monitoring: { serviceMonitor: true, prometheusRule: true, dashboard: true } } },
    overlay: { resources: ['config/default', 'config/monitoring'] },
  },
  {
    what: 'a PodMonitor',
    release: { values: { monitoring: { podMonitor: true } } },
    overlay: { resources: ['config/default', 'config/monitoring/pod-monitor'] },
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

  for (const { what, release, overlay, namespaces = [] } of SAME)
    it(`makes with ${what} what kustomize makes of ${overlay.resources.join(' and ')}`, async () => {
      const objects = await withOverlay(overlay, built);
      const bindings = namespaces.flatMap((namespace) =>
        built('config/namespaced/bindings').map((one) => ({
          ...one,
          metadata: { ...one.metadata, namespace },
        })),
      );
      const expected = comparable([...objects, ...bindings]);
      expect(comparable(chartObjects(helm(), release))).to.deep.equal(expected);
    });
});
