import { expect } from 'chai';
import { Expectations } from '../../src/controller/expectations.ts';
import { WorkloadMemory } from '../../src/controller/workload-memory.ts';
import { scaleDown } from '../../src/controller/write-scale-down.ts';
import type { ReplicaSetReference } from '../../src/core/model.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import { NOW, pod, workload } from '../core/builders.ts';

const replicaSet: ReplicaSetReference = { name: 'app-old', uid: 'u' };
const HELD = { spec: { schedulingGates: [{ name: 'dependencygate.dev/hold' }] } };
const SCALE = {
  metadata: { uid: 'u', resourceVersion: '7' },
  spec: { replicas: 2 },
  status: { replicas: 2, selector: 'app=app,pod-template-hash=old' },
};

/** What the API server says now, and what it was asked. */
async function scaling(scale: unknown, pods: readonly unknown[], patched?: ApiError) {
  const asked: unknown[] = [];
  const memory = new WorkloadMemory();
  const answer = async (value: unknown) => {
    if (value instanceof ApiError) throw value;
    return value;
  };
  const result = await scaleDown(
    {
      requests: {
        get: (resource, { name }, subresource) => {
          asked.push(`GET ${resource.plural}/${name}/${subresource}`);
          return answer(scale);
        },
        list: async (resource, { namespace, labelSelector } = {}) => {
          asked.push(`GET ${resource.plural} of ${namespace} with ${labelSelector}`);
          return { items: pods, resourceVersion: '9' };
        },
        patch: (_, __, body, options) => {
          asked.push({ body, options });
          return answer(patched ?? {});
        },
        delete: () => Promise.reject(new Error('nothing is to be deleted')),
      },
      clock: { now: () => NOW, after: () => () => {} },
      expectations: new Expectations(),
      memory,
    },
    { do: 'scale-down', workload: workload('app').workload, replicaSet },
  ).catch((error: unknown) => error);
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

describe('WorkloadMemory, of ReplicaSets', () => {
  it('forgets those that have no Pods any more', () => {
    const memory = new WorkloadMemory();
    for (const name of ['app-old', 'app-older'])
      memory.triedToScaleDown({ name, uid: `uid-of-${name}` }, NOW);
    memory.keepReplicaSets([pod('a').madeBy('app-old').pod, pod('b').pod]);
    expect([...memory.scaledDown.keys()]).to.deep.equal(['uid-of-app-old']);
  });
});
