import { expect } from 'chai';
import { deployment, dns, gate } from '../../scenarios/manifests.ts';
import { isReady } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from '../first-starts/cluster.ts';
import { PASSING, requiring } from '../first-starts/manifests.ts';
import { untilRefusing, untilRequiring } from './cluster.ts';

/** A Pod that has started counts as available only so much later: none helps a rollout to go on while a test runs. */
const NEVER_AVAILABLE = { minReadySeconds: 3600, progressDeadlineSeconds: 7200 };

type Share = number | string;

const BOUNDS: readonly { readonly maxSurge: Share; readonly maxUnavailable: Share }[] = [
  { maxSurge: '25%', maxUnavailable: '25%' },
  { maxSurge: 0, maxUnavailable: 1 },
];

/** Pods that are refused: they use up nothing of a rollout. */
export function room(on: () => WatchedCluster): void {
  describe('refused Pods of a Deployment', () => {
    const { here, everyPod, ungated } = useStory(on);

    for (const { maxSurge, maxUnavailable } of BOUNDS)
      it(`leave all of its Pods room to start, with maxSurge ${maxSurge} and maxUnavailable ${maxUnavailable}`, async () => {
        const strategy = { rollingUpdate: { maxSurge, maxUnavailable } };
        await here().create(gate('first', ['app'], [PASSING]));
        await untilRefusing(here(), 'Deployment', 'app');
        await here().create(deployment('app', { replicas: 6, spec: { strategy, ...NEVER_AVAILABLE } }));
        await here().untilGate('first', { open: 'True/AllPassed', pods: '6/6', older: 0, ungated: 0 });
        await here().untilPods('app', 6, 'are ready', isReady);
        expect(await everyPod('app')).to.have.length(6);
        expect(await ungated('app', 'first')).to.be.empty;
        expect((await here().workload('app')).metadata.generation).to.equal(2);
      });

    it('are waited for by no other gate, also where readiness goes in a circle', async () => {
      await untilRequiring(here());
      await here().create(
        requiring(deployment('a', { spec: NEVER_AVAILABLE }), 'a'),
        requiring(deployment('b', { spec: NEVER_AVAILABLE }), 'b'),
      );
      await here().create(
        gate('a', ['a'], [PASSING]),
        gate('b', ['b'], [{ name: 'a', gate: { name: 'a' } }]),
      );
      for (const name of ['a', 'b'])
        await here().untilGate(name, { open: 'True/AllPassed', pods: '1/1', older: 0 });
    });

    it('come back with the revision that they are of, gated, where a rollout is undone', async () => {
      await here().create(gate('first', ['app'], [PASSING]));
      await untilRefusing(here(), 'Deployment', 'app');
      await here().create(deployment('app', { replicas: 2 }));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0, ungated: 0 });
      await here().kubectl(['rollout', 'undo', 'deployment/app']);
      await here().untilPass('first');
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0, ungated: 0 });
      expect(await ungated('app', 'first')).to.be.empty;
    });

    it('follow whoever scales it meanwhile', async () => {
      await here().create(gate('first', ['app'], [dns('api')]));
      await untilRefusing(here(), 'Deployment', 'app');
      await here().create(deployment('app', { replicas: 2, spec: NEVER_AVAILABLE }));
      await here().patch('Deployment', 'app', { spec: { replicas: 5 } });
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/5' });
    });
  });
}
