import { expect } from 'chai';
import { deployment, type dns, gate } from '../../scenarios/manifests.ts';
import { initNames, isReady } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { PASSING, requiring } from './manifests.ts';

/** `updatePolicy: OnNextRollout`. */
export function nextRollout(on: () => WatchedCluster): void {
  describe('a gate with updatePolicy OnNextRollout', () => {
    const { here, everyPod, ungated, settle, untilInForce } = useStory(on);
    const patient = (...dependencies: readonly ReturnType<typeof dns>[]) =>
      gate('first', ['pinger'], dependencies, { updatePolicy: 'OnNextRollout' });
    const setImage = () =>
      here().kubectl(['set', 'image', 'deployment/pinger', 'app=registry.example/app:2']);

    it('does nothing to a target that runs, until its template changes: then in that very generation', async () => {
      await here().create(deployment('pinger'));
      await here().untilPods('pinger', 1, 'are ready', isReady);
      await here().create(patient(PASSING));
      await here().untilGate('first', { ready: 'True/InForce', targets: 'pinger Pending', ungated: 1 });
      await here().kubectl(['label', 'deployment/pinger', 'touched=true']);
      await settle('first');
      expect((await here().workload('pinger')).metadata.generation).to.equal(1);
      expect(initNames(await here().workload('pinger'))).to.be.empty;

      await setImage();
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', targets: 'pinger Current' });
      await settle('first');
      const workload = await here().workload('pinger');
      expect(initNames(workload)).to.deep.equal(['dgate-first--schema']);
      expect(workload.metadata.generation).to.equal(2);
      expect(await here().replicaSets('pinger')).to.have.length(2);
    });

    it('gates a target that is created after it, and changes it only with its next rollout', async () => {
      await here().create(patient(PASSING));
      await untilInForce(deployment('pinger'), 'first');
      await here().create(deployment('pinger'));
      await here().untilGate('first', { open: 'True/AllPassed', targets: 'pinger Current' });
      await here().patch('DependencyGate', 'first', {
        spec: { dependencies: [{ ...PASSING, name: 'other' }] },
      });
      await here().untilGate('first', { ready: 'True/InForce', targets: 'pinger Pending', older: 1 });
      await setImage();
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', targets: 'pinger Current' });
      const workload = await here().workload('pinger');
      expect(initNames(workload)).to.deep.equal(['dgate-first--other']);
      expect(workload.metadata.generation).to.equal(2);
      expect(await ungated('pinger', 'first')).to.be.empty;
    });

    it('is put at once where Pods are held for it', async () => {
      await here().create(requiring(deployment('pinger'), 'first'));
      await here().until('a Pod is held', async () => (await everyPod('pinger'))[0]);
      await here().create(patient(PASSING));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', targets: 'pinger Current' });
      expect(await ungated('pinger', 'first')).to.be.empty;
    });
  });
}
