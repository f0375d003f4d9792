import { expect } from 'chai';
import { deployment, dns, gate } from '../../scenarios/manifests.ts';
import { initNames, isGated, isReady } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { untilTold } from './events.ts';
import { copied, PASSING, requiring } from './manifests.ts';

/** So many removals are made at once. */
const TOLERATED = 5;

/** What a gate leaves behind, and what comes back of it. */
export function leftovers(on: () => WatchedCluster): void {
  const { here, everyPod, settle, untilInForce } = useStory(on);
  const first = () => gate('first', ['pinger'], [PASSING]);
  const isClean = (name: string) =>
    here().untilWorkload(name, 'is clean', ({ spec }) => !JSON.stringify(spec).match(/dgate-|gate\.depend/));
  /** `pinger` was gated, and its gate is gone. */
  const leave = async () => {
    await here().untilGate('first', { open: 'True/AllPassed', targets: 'pinger Current' });
    await here().delete('DependencyGate', 'first');
    await here().untilGone('DependencyGate', 'first');
  };

  describe('a gate that is deleted', () => {
    it('says so where it is required: new Pods are not held for it', async () => {
      await here().create(first());
      await untilInForce(deployment('pinger'), 'first');
      await here().create(requiring(deployment('pinger'), 'first'));
      await leave();
      const { spec } = await here().workload('pinger');
      expect(spec.template.metadata.annotations).to.deep.equal({
        'gate.dependencygate.dev/first': 'removed',
      });
      await here().patch('Deployment', 'pinger', { spec: { replicas: 2 } });
      await here().untilPods('pinger', 2, 'run without the gate', (pod) => isReady(pod) && !isGated(pod));
      expect((await everyPod('pinger')).filter(({ wasHeld }) => wasHeld)).to.be.empty;
    });

    it('is in force once more when it is made again', async () => {
      await here().create(first(), requiring(deployment('pinger'), 'first'));
      await leave();
      await here().create(first());
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', targets: 'pinger Current' });
    });
  });

  describe('containers of a gate that is gone', () => {
    /** Before the Deployment's controller has numbered the revisions again, there is nothing that undo would change. */
    const undo = () =>
      here().until('the rollout is undone', async () => {
        const said = await here().kubectl(['rollout', 'undo', 'deployment/pinger']);
        return said.includes('skipped rollback') ? undefined : said;
      });

    it('are taken out again when `rollout undo` brings them back', async () => {
      await here().create(first());
      await untilInForce(deployment('pinger'), 'first');
      await here().create(deployment('pinger'));
      await leave();
      await isClean('pinger');
      await undo();
      const { metadata } = await isClean('pinger');
      expect(metadata.generation).to.equal(4); // made, cleaned, undone, cleaned
      await here().untilPods('pinger', 1, 'run without the gate', (pod) => isReady(pod) && !isGated(pod));
      expect(await here().replicaSets('pinger')).to.have.length(2);
    });

    it('are left for a while, and that is told, when somebody brings them back again and again', async () => {
      await here().create(first());
      await untilInForce(deployment('pinger'), 'first');
      await here().create(deployment('pinger'));
      await leave();
      for (let time = 1; time <= TOLERATED; time++) {
        await undo();
        await isClean('pinger');
      }
      await undo();
      const { type, note, regarding } = await untilTold(here(), 'RemovalUndone');
      expect(type).to.equal('Warning');
      expect(regarding).to.include({ kind: 'Deployment', name: 'pinger' });
      expect(note).to.contain('gate first, which does not exist, back into Deployment pinger');
      await here().create(gate('other', ['other'], [PASSING]));
      await settle('other');
      const workload = await here().workload('pinger');
      expect(initNames(workload)).to.deep.equal(['dgate-first--schema']);
      expect(workload.metadata.generation).to.equal(2 + 2 * TOLERATED + 1); // made, cleaned; undone and cleaned; undone
    });

    it('stay when the template requires the gate: it is still to come', async () => {
      await here().create(first());
      await untilInForce(deployment('pinger'), 'first');
      await here().create(requiring(deployment('pinger'), 'first'));
      await leave();
      await undo();
      await here().untilPods('pinger', 1, 'run with the gate', (pod) => isReady(pod) && isGated(pod));
      await here().create(gate('other', ['other'], [PASSING]));
      await settle('other');
      const workload = await here().workload('pinger');
      expect(initNames(workload)).to.deep.equal(['dgate-first--schema']);
      expect(workload.metadata.generation).to.equal(3); // made, cleaned, undone
    });
  });

  describe('a copy of a gated workload', () => {
    it('loses the containers of a gate that does not name it, and its original keeps them', async () => {
      await here().create(gate('first', ['pinger'], [dns('api')]));
      await untilInForce(deployment('pinger'), 'first');
      await here().create(deployment('pinger'));
      await here().create(copied(await here().get('Deployment', 'pinger'), 'copy'));
      await isClean('copy');
      await here().untilPods('copy', 1, 'run without the gate', (pod) => isReady(pod) && !isGated(pod));
      expect(initNames(await here().workload('pinger'))).to.deep.equal(['dgate-first--api']);
    });
  });
}
