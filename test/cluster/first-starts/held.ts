import { expect } from 'chai';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { daemonSet, deployment, gate, statefulSet } from '../../scenarios/manifests.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { PASSING, requiring } from './manifests.ts';

const ON_DELETE = { updateStrategy: { type: 'OnDelete' } };

/** Update strategies of workloads with one Pod. */
const STRATEGIES: Readonly<Record<string, KubeObject>> = {
  'a Deployment that recreates': deployment('app', { spec: { strategy: { type: 'Recreate' } } }),
  'a StatefulSet that starts its Pods in parallel': statefulSet('app', {
    spec: { podManagementPolicy: 'Parallel' },
  }),
  'a StatefulSet with OnDelete': statefulSet('app', { spec: ON_DELETE }),
  'a DaemonSet with OnDelete': daemonSet('app', { spec: ON_DELETE }),
};

/** What becomes of held Pods, by the workload's strategy. */
export function held(on: () => WatchedCluster): void {
  const { here, everyPod, ungated, settle } = useStory(on);
  const hold = async (workload: KubeObject, ...gates: readonly string[]) => {
    await here().create(requiring(workload, ...gates));
    await here().until('a Pod is held', async () => (await everyPod('app'))[0]);
  };

  for (const [what, workload] of Object.entries(STRATEGIES)) {
    describe(`held Pods of ${what}`, () => {
      it('are replaced by others, once', async () => {
        await hold(workload, 'first');
        await here().create(gate('first', [`${workload.kind}/app`], [PASSING]));
        await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0, ungated: 0 });
        await settle('first');
        expect(await ungated('app', 'first')).to.be.empty;
        expect((await everyPod('app')).map(({ wasHeld }) => wasHeld)).to.deep.equal([true, false]);
      });
    });
  }

  describe('held Pods of a StatefulSet', () => {
    it('that requires two gates are replaced when both are there, and not before', async () => {
      await hold(statefulSet('app'), 'a', 'b');
      await here().create(gate('a', ['StatefulSet/app'], [PASSING]));
      await here().untilGate('a', {
        ready: 'True/InForce',
        open: 'False/Held',
        targets: 'app Current',
      });
      await settle('a');
      expect(await everyPod('app')).to.have.length(1);
      await here().create(gate('b', ['StatefulSet/app'], [PASSING]));
      for (const name of ['a', 'b'])
        await here().untilGate(name, { open: 'True/AllPassed', pods: '1/1', older: 0 });
      expect(await ungated('app', 'a', 'b')).to.be.empty;
      expect(await everyPod('app')).to.have.length(2);
    });

    it('stay below the partition, since they would come back as they are, until that is lowered', async () => {
      const partition = (partition: number) => ({ updateStrategy: { rollingUpdate: { partition } } });
      await hold(statefulSet('app', { spec: partition(1) }), 'first');
      await here().create(gate('first', ['StatefulSet/app'], [PASSING]));
      await here().untilGate('first', { ready: 'True/InForce', open: 'False/Held' });
      await settle('first');
      expect(await everyPod('app')).to.have.length(1);
      await here().patch('StatefulSet', 'app', { spec: partition(0) });
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0 });
      expect(await ungated('app', 'first')).to.be.empty;
    });

    it('that requires two gates, one of which is gone, are replaced by the other', async () => {
      await hold(statefulSet('app'), 'a', 'b');
      await here().create(gate('a', ['StatefulSet/app'], [PASSING]));
      await here().untilGate('a', { ready: 'True/InForce', targets: 'app Current' });
      await here().delete('DependencyGate', 'a');
      await here().untilGone('DependencyGate', 'a');
      await here().create(gate('b', ['StatefulSet/app'], [PASSING]));
      await here().untilGate('b', { open: 'True/AllPassed', pods: '1/1', older: 0 });
      expect(await ungated('app', 'b')).to.be.empty;
    });
  });
}
