import { expect } from 'chai';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { isHeld, isReady } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { PASSING, requiring } from './manifests.ts';

/** A Pod that has started counts as available only so much later: none helps a rollout to go on while a test runs. */
const NEVER_AVAILABLE = { minReadySeconds: 3600, progressDeadlineSeconds: 7200 };

type Share = number | string;

/** How many Pods a rollout may have too many and too few, and how many it starts at first. */
const BOUNDS: readonly { readonly maxSurge: Share; readonly maxUnavailable: Share }[] = [
  { maxSurge: '25%', maxUnavailable: '25%' },
  { maxSurge: 1, maxUnavailable: 0 },
  { maxSurge: 0, maxUnavailable: 1 },
  { maxSurge: '100%', maxUnavailable: 0 },
  { maxSurge: 0, maxUnavailable: '100%' },
];

/** Held Pods of Deployments: they use up nothing, and are waited for by nobody. */
export function heldDeployments(on: () => WatchedCluster): void {
  const { here, everyPod, ungated, settle } = useStory(on);
  const hold = async (workload: KubeObject, ...gates: readonly string[]) => {
    await here().create(requiring(workload, ...gates));
    const { name } = workload.metadata;
    await here().untilPods(name, (await here().workload(name)).spec.replicas, 'are held', isHeld);
  };

  describe('held Pods of a Deployment', () => {
    for (const { maxSurge, maxUnavailable } of BOUNDS) {
      it(`leave all of its Pods room to start, with maxSurge ${maxSurge} and maxUnavailable ${maxUnavailable}`, async () => {
        const strategy = { rollingUpdate: { maxSurge, maxUnavailable } };
        await hold(deployment('app', { replicas: 6, spec: { strategy, ...NEVER_AVAILABLE } }), 'first');
        await here().create(gate('first', ['app'], [PASSING]));
        await here().untilGate('first', { open: 'True/AllPassed', pods: '6/6', older: 0, ungated: 0 });
        await here().untilPods('app', 6, 'are ready', isReady);
        expect(await ungated('app', 'first')).to.be.empty;
        expect(await everyPod('app')).to.have.length(12);
        expect((await here().workload('app')).metadata.generation).to.equal(2);
      });
    }

    it('are waited for by no other gate, also where readiness goes in a circle', async () => {
      await hold(deployment('a', { spec: NEVER_AVAILABLE }), 'a');
      await hold(deployment('b', { spec: NEVER_AVAILABLE }), 'b');
      await here().create(
        gate('a', ['a'], [PASSING]),
        gate('b', ['b'], [{ name: 'a', gate: { name: 'a' } }]),
      );
      for (const name of ['a', 'b'])
        await here().untilGate(name, { open: 'True/AllPassed', pods: '1/1', older: 0 });
    });

    it('leave a quota to those that start', async () => {
      const spec = { hard: { pods: '2' } };
      await here().create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'two' }, spec });
      await here().until('the quota counts', async () =>
        (await here().kubectl(['get', 'quota/two', '-o=jsonpath={.status.used.pods}'])) === '0'
          ? true
          : undefined,
      );
      await hold(deployment('app', { replicas: 2 }), 'first');
      await here().create(gate('first', ['app'], [PASSING]));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0 });
    });

    it('go while the new ones wait, and say nothing of the gate', async () => {
      await hold(deployment('app', { replicas: 3 }), 'first');
      await here().create(gate('first', ['app'], [dns('api')]));
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/3', init: 'Init:0/1' });
      await here().untilPods('app', 3, 'are not held', (pod) => !isHeld(pod));
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '3/3' });
    });

    it('follow whoever scales it meanwhile', async () => {
      await hold(deployment('app', { replicas: 2, spec: NEVER_AVAILABLE }), 'first');
      await here().create(gate('first', ['app'], [dns('api')]));
      await here().patch('Deployment', 'app', { spec: { replicas: 5 } });
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/5' });
      await here().untilPods('app', 5, 'are not held', (pod) => !isHeld(pod));
    });

    it('stay where one of them was let go by a person and runs', async () => {
      await hold(deployment('app', { replicas: 2 }), 'first');
      const [pod] = await here().pods('app');
      const name = pod?.metadata.name ?? '';
      const patch = JSON.stringify([{ op: 'remove', path: '/spec/schedulingGates' }]);
      await here().kubectl(['patch', 'pod', name, '--type=json', `--patch=${patch}`]);
      await here().until('it runs', async () =>
        (await here().pods('app')).find((one) => one.metadata.name === name && isReady(one)),
      );
      await here().create(gate('first', ['app'], [dns('api')]));
      await here().untilGate('first', { ready: 'True/InForce', open: 'False/Waiting', pods: '0/1' });
      await settle('first');
      expect((await here().pods('app')).map((one) => one.metadata.name)).to.include(name);
    });

    it('are there no more after a rollout is undone', async () => {
      await hold(deployment('app', { replicas: 2 }), 'first');
      await here().create(gate('first', ['app'], [PASSING]));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0 });
      await here().kubectl(['rollout', 'undo', 'deployment/app']);
      await settle('first');
      await here().untilGate('first', {
        ready: 'True/InForce',
        open: 'True/AllPassed',
        pods: '2/2',
        older: 0,
      });
      expect(await ungated('app', 'first')).to.be.empty;
    });

    it('stay in its current ReplicaSet while a gate that they require is missing', async () => {
      await hold(deployment('app', { replicas: 2 }), 'first', 'other');
      await here().create(gate('first', ['app'], [PASSING]));
      await here().untilGate('first', {
        ready: 'True/InForce',
        open: 'False/Held',
        openMessage: 'Pods of Deployment app are held until its Pod template carries gate other',
      });
      await settle('first');
      const held = (await here().pods('app')).filter(isHeld);
      expect(held).to.have.length.greaterThan(1);
      await here().create(gate('other', ['app'], [PASSING]));
      for (const name of ['first', 'other'])
        await here().untilGate(name, { open: 'True/AllPassed', pods: '2/2', older: 0 });
      await here().untilPods('app', 2, 'are ready', isReady);
    });
  });
}
