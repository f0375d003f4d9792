import { expect } from 'chai';
import { API_VERSION, FINALIZER, KIND, OPERATOR_USER } from '../../src/api/names.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { admit } from '../../src/sandbox/sandbox-admission.ts';
import type { AdmissionRequest } from '../../src/sandbox/server/registry.ts';
import { dns, gate } from '../core/builders.ts';

const built = gate('api-first').targets('pinger').dependsOn(dns('api')).rendered();

function stored(spec: object = {}, metadata: object = {}): KubeObject {
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name: 'api-first', namespace: 'shop', finalizers: [FINALIZER], ...metadata },
    spec: { ...built.spec, ...spec },
    status: { render: built.render },
  };
}

function deployment(template: object = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'pinger', namespace: 'shop' },
    spec: { template: { spec: { containers: [{ name: 'app' }] }, ...template } },
  };
}

function admitted(
  object: KubeObject,
  more: Partial<AdmissionRequest> = {},
  gates: KubeObject[] = [stored()],
) {
  return admit({
    verb: 'create',
    resource: `${object.kind.toLowerCase()}s`,
    kind: object.kind,
    object,
    old: undefined,
    user: 'kubernetes-admin',
    list: () => gates,
    ...more,
  });
}
const firstContainer = (object: KubeObject) =>
  JSON.stringify(object.spec).match(/dgate-[a-z-]+--[a-z]+/)?.[0];

describe('admit, a target', () => {
  it('places the stored render', () => {
    expect(firstContainer(admitted(deployment()))).to.equal('dgate-api-first--api');
  });

  const left: [string, () => KubeObject][] = [
    ['a write of the operator', () => admitted(deployment(), { user: OPERATOR_USER })],
    [
      'a gate that is going away',
      () => admitted(deployment(), {}, [stored({}, { deletionTimestamp: 'now' })]),
    ],
    [
      'a gate without its finalizer, which could go and leave its containers behind',
      () => admitted(deployment(), {}, [stored({}, { finalizers: ['example.com/own'] })]),
    ],
    [
      'a gate that names others',
      () => admitted(deployment(), {}, [stored({ targets: [{ name: 'poller' }] })]),
    ],
    [
      'a gate of another kind of target',
      () => admitted(deployment(), {}, [stored({ targets: [{ kind: 'StatefulSet', name: 'pinger' }] })]),
    ],
    ['a gate without a render', () => admitted(deployment(), {}, [{ ...stored(), status: {} }])],
    [
      "a volume of its own under the gate's name",
      () => admitted(deployment({ spec: { volumes: [{ name: 'dgate-api-first', emptyDir: {} }] } })),
    ],
  ];
  for (const [what, run] of left) {
    it(`leaves ${what} alone`, () => {
      expect(firstContainer(run())).to.equal(undefined);
    });
  }

  it('waits for a rollout where the gate says OnNextRollout', () => {
    const gates = [stored({ updatePolicy: 'OnNextRollout' })];
    const update = (old: KubeObject) => admitted(deployment(), { verb: 'update', old }, gates);
    expect(firstContainer(update(deployment()))).to.equal(undefined);
    expect(firstContainer(update(deployment({ metadata: { labels: { v: '1' } } })))).to.equal(
      'dgate-api-first--api',
    );
    expect(firstContainer(admitted(deployment(), {}, gates))).to.equal('dgate-api-first--api');
  });
});

describe('admit, a Pod', () => {
  const pod = (annotations: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      labels: { 'dependencygate.dev/require': 'api-first_db-first' },
      annotations: { ...annotations },
    },
    spec: { schedulingGates: [{ name: 'example.com/other' }] },
  });
  const first = { 'gate.dependencygate.dev/api-first': 'h' };

  it('holds one that lacks a gate which it requires', () => {
    expect(admitted(pod(first)).spec).to.deep.equal({
      schedulingGates: [{ name: 'example.com/other' }, { name: 'dependencygate.dev/hold' }],
    });
  });

  it('lets one go that carries them all, or was there before', () => {
    const all = pod({ ...first, 'gate.dependencygate.dev/db-first': 'removed' });
    expect(admitted(all)).to.equal(all);
    const before = pod({});
    expect(admitted(before, { verb: 'update', old: before })).to.equal(before);
  });
});
