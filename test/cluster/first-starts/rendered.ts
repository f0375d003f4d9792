import { expect } from 'chai';
import { deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { initNames } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { gatedAtBuild, PASSING } from './manifests.ts';

/** Workloads that `dependency-gate render` has gated at build time. */
export function rendered(on: () => WatchedCluster): void {
  describe('a workload that was rendered at build time', () => {
    const { here, everyPod, ungated, settle } = useStory(on);
    const apply = (manifests: string) => here().kubectl(['apply', '-f', '-'], manifests);
    const first = gate('first', ['pinger'], [dns('api')]);

    it('is gated and not held, no orphan where its gate is not, and rolls neither for it nor for the operator', async () => {
      await on().operator.stop();
      await apply(gatedAtBuild(first, deployment('pinger')));
      await here().until('it has a Pod', async () => (await everyPod('pinger'))[0]);
      await on().operator.start();
      await here().create(gate('other', ['other'], [PASSING]));
      await here().untilGate('other', { open: 'Unknown/TargetMissing' });
      await settle('other');
      expect(initNames(await here().workload('pinger'))).to.deep.equal(['dgate-first--api']);

      await here().create(first, service('api'));
      await here().untilGate('first', {
        ready: 'True/InForce',
        open: 'True/AllPassed',
        pods: '1/1',
        older: 0,
      });
      await settle('first');
      await apply(gatedAtBuild(first, deployment('pinger')));
      await settle('first');
      expect((await here().workload('pinger')).metadata.generation).to.equal(1);
      expect(await here().replicaSets('pinger')).to.have.length(1);
      const pods = await everyPod('pinger');
      expect(pods.map(({ wasHeld }) => wasHeld)).to.deep.equal([false]);
      expect(await ungated('pinger', 'first')).to.be.empty;
    });
  });
}
