import { expect } from 'chai';
import { requiring } from '../cluster/first-starts/manifests.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, service } from './manifests.ts';
import { initNames, isGated, isHeld, isReady } from './views.ts';

/** What admission adds, which the sandbox plays with the operator's own function. */
export const admission: Scenario = (on) => {
  describe('with admission', () => {
    const here = useNamespace(on);

    it('no Pod of a target ever runs without the gate that was there before it', async () => {
      await here().create(gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', { ready: 'True/InForce', targets: 'pinger Missing' });
      await here().create(deployment('pinger', { replicas: 2 }));
      await here().untilGate('api-first', {
        open: 'False/Waiting',
        pods: '0/2',
        ungated: 0,
        targets: 'pinger Current',
      });
      await here().untilPods('pinger', 2, 'are gated', isGated);
      await here().create(service('api'));
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '2/2' });
      expect((await here().workload('pinger')).metadata.generation).to.equal(1);
      expect(await here().replicaSets('pinger')).to.have.length(1);
      expect(
        here()
          .writes()
          .filter(({ path }) => path.includes('/deployments/')),
      ).to.be.empty;
    });

    it('a check with the image of the app is renewed with it, in the same write', async () => {
      const head = { name: 'head', container: { from: 'app', command: ['migrate', '--check'] } };
      await here().create(gate('schema', ['pinger'], [head]));
      await here().untilGate('schema', { ready: 'True/InForce', targets: 'pinger Missing' });
      await here().create(deployment('pinger'));
      await here().untilGate('schema', { ready: 'True/InForce', targets: /^pinger (Current|Rolling)/ });
      const containers = [{ name: 'app', image: 'registry.example/app:2' }];
      await here().patch(
        'Deployment',
        'pinger',
        { spec: { template: { spec: { containers } } } },
        { type: 'strategic' },
      );
      const { metadata, spec } = await here().workload('pinger');
      expect(spec.template.spec.initContainers[0]).to.include({ image: 'registry.example/app:2' });
      expect(metadata.generation).to.equal(2);
      await here().untilGate('schema', { ready: 'True/InForce', targets: /^pinger (Current|Rolling)/ });
      expect((await here().workload('pinger')).metadata.generation).to.equal(2);
    });

    it('a target that is written without the containers has them all the same', async () => {
      await here().create(gate('a', ['pinger'], [dns('api')]), gate('b', ['pinger'], [dns('api')]));
      for (const name of ['a', 'b']) await here().untilGate(name, { ready: 'True/InForce' });
      await here().create(deployment('pinger'));
      const initContainers = [{ name: 'own', image: 'registry.example/app:1' }];
      await here().patch('Deployment', 'pinger', { spec: { template: { spec: { initContainers } } } });
      expect(initNames(await here().workload('pinger'))).to.deep.equal([
        'dgate-a--api',
        'dgate-b--api',
        'own',
      ]);
    });

    it('a gate with placement Pod is in new Pods alone, and no Deployment is written to', async () => {
      await here().create(deployment('pinger'));
      await here().untilPods('pinger', 1, 'are ready', isReady);
      await here().create(gate('api-first', ['pinger'], [dns('api')], { placement: 'Pod' }));
      await here().untilGate('api-first', { ready: 'True/InForce', ungated: 1, targets: 'pinger Current' });
      await here().patch('Deployment', 'pinger', { spec: { replicas: 2 } });
      await here().untilPods('pinger', 1, 'are gated', isGated);
      await here().untilGate('api-first', { open: 'False/Waiting', pods: '0/1', ungated: 1 });
      await here().create(service('api'));
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '1/1' });
      expect(initNames(await here().workload('pinger'))).to.be.empty;
      expect(await here().replicaSets('pinger')).to.have.length(1);
      await here().delete('DependencyGate', 'api-first');
      await here().untilGone('DependencyGate', 'api-first');
      expect(
        here()
          .writes()
          .filter(({ path }) => path.includes('/deployments/')),
      ).to.be.empty;
    });

    it('Pods that are held for a gate with placement Pod are replaced', async () => {
      await here().create(requiring(deployment('pinger', { replicas: 2 }), 'first'));
      await here().untilPods('pinger', 2, 'are held', isHeld);
      await here().create(gate('first', ['pinger'], [dns('api')], { placement: 'Pod' }), service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', ungated: 0 });
      expect(await here().replicaSets('pinger')).to.have.length(1);
    });
  });
};
