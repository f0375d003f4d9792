import { expect } from 'chai';
import { deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { requiring } from './manifests.ts';

/** What holds while the operator is down. */
export function away(on: () => WatchedCluster): void {
  describe('while the operator is down', () => {
    const { here, everyPod, ungated, settle, untilInForce } = useStory(on);

    it('a gate that is rendered gates new workloads, and no apply takes its containers out', async () => {
      await here().create(gate('first', ['pinger'], [dns('api')]));
      await untilInForce(deployment('pinger'), 'first');
      await on().operator.stop();
      await here().apply(deployment('pinger', { replicas: 2 }));
      await here().until('both Pods are there', async () =>
        (await everyPod('pinger')).length === 2 ? true : undefined,
      );
      await here().apply(deployment('pinger', { replicas: 2, image: 'registry.example/app:2' }));
      await on().operator.start();
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0 });
      await settle('first');
      expect(await ungated('pinger', 'first')).to.be.empty;
      expect((await here().workload('pinger')).metadata.generation).to.equal(2);
      expect(await here().replicaSets('pinger')).to.have.length(2);
    });

    it('a namespace that is deleted ends when it returns, and nothing but the finalizer is written there', async () => {
      await here().create(gate('first', ['pinger'], [dns('api')]));
      await untilInForce(deployment('pinger'), 'first');
      await here().create(deployment('pinger'));
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
      await on().operator.stop();
      const before = here().writes().length;
      await here().delete('Namespace', here().name);
      await here().untilGone('Deployment', 'pinger');
      const { metadata } = await here().until('the gate is to be deleted', async () => {
        const found = await here().gate('first');
        return found.metadata.deletionTimestamp === undefined ? undefined : found;
      });
      expect(metadata.finalizers).to.deep.equal(['dependencygate.dev/remove']);
      expect(await here().get('Namespace', here().name)).to.not.equal(undefined);

      await on().operator.start();
      await here().untilGone('Namespace', here().name);
      const made = (await here().answeredWrites()).slice(before);
      expect(made.map(({ method, path, status }) => `${method} ${path} ${status}`)).to.deep.equal([
        `PATCH /apis/dependencygate.dev/v1alpha1/namespaces/${here().name}/dependencygates/first 200`,
      ]);
      expect(made[0]?.body).to.have.deep.nested.property('metadata.finalizers', []);
    });

    it('a new gate takes effect when it returns, and what requires it is held until then', async () => {
      await on().operator.stop();
      await here().create(gate('first', ['pinger'], [dns('api')]), requiring(deployment('pinger'), 'first'));
      await here().until('a Pod is held', async () => (await everyPod('pinger'))[0]);
      await on().operator.start();
      await here().untilGate('first', { open: 'False/Waiting', ungated: 0, targets: 'pinger Current' });
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0 });
      await settle('first');
      expect(await ungated('pinger', 'first')).to.be.empty;
      expect((await everyPod('pinger')).map(({ wasHeld }) => wasHeld)).to.deep.equal([true, false]);
      expect((await here().workload('pinger')).metadata.generation).to.equal(2);
    });
  });
}
