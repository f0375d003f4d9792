import { expect } from 'chai';
import { z } from 'zod';
import { deployment, gate } from '../../scenarios/manifests.ts';
import { isReady } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { untilTold } from './events.ts';
import { PASSING, requiring } from './manifests.ts';

const podsSchema = z.object({
  items: z.array(z.object({ spec: z.object({ schedulingGates: z.array(z.unknown()).default([]) }) })),
});

/** Pods that are held for a gate that will not let them go. */
export function unattended(on: () => WatchedCluster): void {
  describe('Pods that are held', () => {
    const { here, everyPod } = useStory(on);
    const hold = async () => {
      await here().create(requiring(deployment('pinger'), 'first'));
      await here().until('a Pod is held', async () => (await everyPod('pinger'))[0]);
    };
    /** Other stories have some, and what probes the policies has one. */
    const heldElsewhere = async () => {
      const others = `--field-selector=metadata.namespace!=${here().name}`;
      const list = await here().kubectl(['get', 'pods', '--all-namespaces', others, '--output=json']);
      return podsSchema.parse(JSON.parse(list)).items.filter(({ spec }) => spec.schedulingGates.length > 0)
        .length;
    };
    const held = (count: number) =>
      here().until(`the metric says ${count} of this namespace`, async () => {
        const all = await on().operator.gauge('dependency_gate_held_pods');
        return all === count + (await heldElsewhere()) ? true : undefined;
      });

    it('for a gate that does not exist are told on their workload and counted, until it comes', async () => {
      await held(0);
      await hold();
      const { type, note, regarding } = await untilTold(here(), 'HeldWithoutGate');
      expect(type).to.equal('Warning');
      expect(regarding).to.include({ kind: 'Deployment', name: 'pinger' });
      expect(note).to.contain('Pods of Deployment pinger are held for gate first, which does not exist');
      await held(1);
      await here().create(gate('first', ['pinger'], [PASSING]));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
      await held(0);
    });

    it('for a gate that does not name their workload are told on it', async () => {
      await held(0);
      await here().create(gate('first', ['other'], [PASSING]));
      await hold();
      const { note, regarding } = await untilTold(here(), 'HeldByOtherGate');
      expect(regarding).to.include({ kind: 'Deployment', name: 'pinger' });
      expect(note).to.contain('gate first, which does not name it as a target');
      await held(1);
      await here().patch('DependencyGate', 'first', { spec: { targets: [{ name: 'pinger' }] } });
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
      await held(0);
    });

    it('start when the label is taken off the template, and when a person lets them go', async () => {
      await hold();
      const [pod] = await here().pods('pinger');
      const patch = [{ op: 'remove', path: '/spec/schedulingGates' }];
      const options = ['--type=json', `--patch=${JSON.stringify(patch)}`];
      await here().kubectl(['patch', 'pod', pod?.metadata.name ?? '', ...options]);
      await here().untilPods('pinger', 1, 'are ready', isReady);
      const labels = { 'dependencygate.dev/require': null };
      await here().patch('Deployment', 'pinger', { spec: { template: { metadata: { labels } } } });
      await here().untilPods('pinger', 1, 'are another', (one) => one.metadata.uid !== pod?.metadata.uid);
      await here().untilPods('pinger', 1, 'are ready', isReady);
    });
  });
}
