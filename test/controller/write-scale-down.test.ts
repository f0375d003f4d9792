import { expect } from 'chai';
import { Expectations } from '../../src/controller/expectations.ts';
import { WorkloadMemory } from '../../src/controller/workload-memory.ts';
import { type ScaleWriting, scaleDown, scaleDownEmpty } from '../../src/controller/write-scale-down.ts';
import type { ReplicaSetReference } from '../../src/core/model.ts';
import type { ScaleDown, ScaleDownEmpty } from '../../src/core/plan/plan.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import { NOW, pod, workload } from '../core/builders.ts';

const replicaSet: ReplicaSetReference = { name: 'app-old', uid: 'u' };
const HELD = { spec: { schedulingGates: [{ name: 'dependencygate.dev/hold' }] } };
const SCALE = {
  metadata: { uid: 'u', resourceVersion: '7' },
  spec: { replicas: 2 },
  status: { replicas: 2, selector: 'app=app,pod-template-hash=old' },
};

type Down = ScaleDown | ScaleDownEmpty;
const HELD_SET: Down = { do: 'scale-down', workload: workload('app').workload, replicaSet };
const EMPTY_SETS: Down = { do: 'scale-down-empty', workload: workload('app').workload };

/** What the API server says now, and what it was asked. */
async function scaling(
  scale: unknown,
  items: readonly unknown[],
  patched?: ApiError,
  write: Down = HELD_SET,
) {
  const asked: unknown[] = [];
  const memory = new WorkloadMemory();
  const answer = async (value: unknown) => {
    if (value instanceof ApiError) throw value;
    return value;
  };
  const writing: ScaleWriting = {
    requests: {
      get: (resource, { name }, subresource) => {
        asked.push(`GET ${resource.plural}/${name}/${subresource}`);
        return answer(scale);
      },
      list: async (resource, { namespace, labelSelector } = {}) => {
        asked.push(`GET ${resource.plural} of ${namespace} with ${labelSelector}`);
        return { items, resourceVersion: '9' };
      },
      patch: (_, { name }, body, options) => {
        asked.push({ name, body, options });
        return answer(patched ?? {});
      },
      delete: () => Promise.reject(new Error('nothing is to be deleted')),
    },
    clock: { now: () => NOW, after: () => () => {} },
    expectations: new Expectations(),
    memory,
  };
  const run = write.do === 'scale-down' ? scaleDown(writing, write) : scaleDownEmpty(writing, write);
  const result = await run.catch((error: unknown) => error);
  return { result, asked, remembered: memory.scaledDown };
}

describe('scaleDown', () => {
  it('reads the ReplicaSet and its Pods, and scales that very version to zero', async () => {
    const { result, asked, remembered } = await scaling(SCALE, [HELD, HELD]);
    expect(result).to.equal('done');
    expect(asked).to.deep.equal([
      'GET replicasets/app-old/scale',
      'GET pods of my-namespace with app=app,pod-template-hash=old',
      {
        name: 'app-old',
        body: { metadata: { uid: 'u', resourceVersion: '7' }, spec: { replicas: 0 } },
        options: { type: 'merge', subresource: 'scale', fieldManager: 'dependency-gate-operator' },
      },
    ]);
    expect([...remembered]).to.deep.equal([['u', NOW]]);
  });

  const stale: readonly [string, unknown, readonly unknown[]][] = [
    ['a Pod of it was let go', SCALE, [HELD, { spec: {} }]],
    ['a Pod of it has another scheduling gate only', SCALE, [{ spec: { schedulingGates: [{ name: 'x' }] } }]],
    ['it has no Pods yet', SCALE, []],
    ['it is another of that name', { ...SCALE, metadata: { uid: 'v', resourceVersion: '7' } }, [HELD]],
    ['it was scaled down already', { ...SCALE, spec: {} }, [HELD]],
    ['it does not tell which Pods are its own', { ...SCALE, status: {} }, [HELD]],
  ];
  for (const [what, scale, pods] of stale) {
    it(`writes nothing where ${what}, and looks again only after a while`, async () => {
      const { result, asked, remembered } = await scaling(scale, pods);
      expect(result).to.equal('gone');
      expect(asked.filter((one) => typeof one !== 'string')).to.deep.equal([]);
      expect([...remembered]).to.deep.equal([['u', NOW]]);
    });
  }

  it('is fine where it is gone', async () => {
    const gone = new ApiError({ status: 404, reason: 'NotFound', message: 'gone' });
    expect((await scaling(gone, [])).result).to.equal('gone');
  });

  it('fails where somebody wrote it at the same moment, to be decided again', async () => {
    const conflict = new ApiError({ status: 409, reason: 'Conflict', message: 'changed' });
    const { result, remembered } = await scaling(SCALE, [HELD], conflict);
    expect(result).to.equal(conflict);
    expect(remembered.size).to.equal(0);
  });
});

describe('scaleDownEmpty', () => {
  const owner = { uid: 'uid-of-app' };
  const set = (name: string, more: object = {}) => ({
    metadata: { name, uid: `uid-of-${name}`, resourceVersion: '7', ownerReferences: [owner] },
    spec: { replicas: 3 },
    status: { replicas: 0 },
    ...more,
  });
  const gated = { template: { metadata: { annotations: { 'gate.dependencygate.dev/first': 'h' } } } };
  const written = (asked: readonly unknown[]) => asked.filter((one) => typeof one !== 'string');

  it('asks for the ReplicaSets of the Deployment, and scales the one that has no Pods to zero', async () => {
    const sets = [set('app-old'), set('app-new', { spec: { replicas: 1, ...gated } })];
    const { result, asked, remembered } = await scaling(undefined, sets, undefined, EMPTY_SETS);
    expect(result).to.equal('done');
    expect(asked).to.deep.equal([
      'GET replicasets of my-namespace with app=app',
      {
        name: 'app-old',
        body: { metadata: { uid: 'uid-of-app-old', resourceVersion: '7' }, spec: { replicas: 0 } },
        options: { type: 'merge', subresource: 'scale', fieldManager: 'dependency-gate-operator' },
      },
    ]);
    expect([...remembered]).to.deep.equal([['uid-of-app', NOW]]);
  });

  const left: readonly [string, unknown][] = [
    ['that has a Pod', set('app-old', { status: { replicas: 1 } })],
    ['that wants none', set('app-old', { spec: { replicas: 0 } })],
    ['whose template has a gate', set('app-old', { spec: { replicas: 3, ...gated } })],
    [
      'that is another Deployment’s',
      set('app-old', {
        metadata: { name: 'app-old', uid: 'u', resourceVersion: '7', ownerReferences: [{ uid: 'v' }] },
      }),
    ],
    ['that is nobody’s', set('app-old', { metadata: { name: 'app-old', uid: 'u', resourceVersion: '7' } })],
  ];
  for (const [what, one] of left)
    it(`leaves one ${what}, and looks again only after a while`, async () => {
      const { result, asked, remembered } = await scaling(undefined, [one], undefined, EMPTY_SETS);
      expect([result, written(asked)]).to.deep.equal(['gone', []]);
      expect([...remembered.keys()]).to.deep.equal(['uid-of-app']);
    });

  it('fails where somebody wrote it at the same moment, to be decided again', async () => {
    const conflict = new ApiError({ status: 409, reason: 'Conflict', message: 'changed' });
    const { result, remembered } = await scaling(undefined, [set('app-old')], conflict, EMPTY_SETS);
    expect([result, remembered.size]).to.deep.equal([conflict, 0]);
  });
});

describe('WorkloadMemory, of ReplicaSets', () => {
  it('forgets those that have no Pods any more', () => {
    const memory = new WorkloadMemory();
    for (const name of ['app-old', 'app-older']) memory.triedToScaleDown({ uid: `uid-of-${name}` }, NOW);
    memory.triedToScaleDown({ uid: 'uid-of-app' }, NOW);
    const pods = [pod('a').madeBy('app-old').pod, pod('b').pod];
    memory.keepReplicaSets(pods, { uid: 'uid-of-app' });
    expect([...memory.scaledDown.keys()]).to.deep.equal(['uid-of-app-old', 'uid-of-app']);
    memory.keepReplicaSets(pods, { uid: 'uid-of-another-app' });
    expect([...memory.scaledDown.keys()]).to.deep.equal(['uid-of-app-old']);
  });
});
