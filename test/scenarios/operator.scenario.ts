import { expect } from 'chai';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, service } from './manifests.ts';
import { initNames, isReady } from './views.ts';

/** The operator comes and goes. */
export const operator: Scenario = (on) => {
  describe('the operator', () => {
    const here = useNamespace(on);

    it('writes nothing when it is started again', async () => {
      // No Pod is older than its gate, and all is said of each that there will ever be: nothing is under way any more.
      const names = ['pinger', 'poller'];
      await here().create(service('api'), ...names.map((name) => deployment(name, { replicas: 0 })));
      await here().create(
        gate('open', ['pinger'], [dns('api')]),
        gate('waiting', ['poller'], [dns('redis')]),
      );
      await here().untilGate('open', { ready: 'True/InForce', targets: 'pinger Current' });
      await here().untilGate('waiting', { ready: 'True/InForce', targets: 'poller Current' });
      for (const name of names) await here().patch('Deployment', name, { spec: { replicas: 1 } });
      await here().untilGate('open', { open: 'True/AllPassed', pods: '1/1', targets: 'pinger Current' });
      await here().untilGate('waiting', {
        ...{ open: 'False/Waiting', pods: '0/1', targets: 'poller Current', dependencies: 'redis Checking' },
        seen: 'redis: Service redis does not exist',
      });
      await on().operator.stop();
      const before = here().writes().length;
      const passes = ['open', 'waiting'].map((name) => here().untilPass(name));
      await on().operator.start();
      await Promise.all(passes);
      expect(
        here()
          .writes()
          .slice(before)
          .map(({ path, body }) => `${path} ${JSON.stringify(body)}`),
      ).to.be.empty;
    });

    it('finds what has happened while it was away', async () => {
      await here().create(deployment('pinger'), deployment('poller'));
      await here().create(gate('api-first', ['pinger', 'poller'], [dns('api')]));
      await here().create(gate('going', ['poller'], [dns('api')]));
      await here().untilGate('api-first', { open: 'False/Waiting', pods: '0/2' });
      await here().untilGate('going', { ready: 'True/InForce', targets: /^poller/ });
      await on().operator.stop();

      await here().create(service('api'), deployment('late'));
      await here().delete('Deployment', 'pinger');
      await here().delete('DependencyGate', 'going');
      const targets = ['poller', 'late'].map((name) => ({ name }));
      await here().patch('DependencyGate', 'api-first', { spec: { targets } });
      await on().operator.start();
      await here().untilGate('api-first', {
        open: 'True/AllPassed',
        targets: 'poller Current, late Current',
      });
      await here().untilGone('DependencyGate', 'going');
      for (const name of ['poller', 'late'])
        expect(initNames(await here().workload(name))).to.deep.equal(['dgate-api-first--api']);
    });

    it('gives targets that could not pull its image the one that it has then, and touches no others', async () => {
      await here().create(service('api'), deployment('running'), gate('right', ['running'], [dns('api')]));
      await here().untilGate('right', { open: 'True/AllPassed', pods: '1/1' });
      await on().operator.stop();
      await on().operator.start({ waiterImage: WRONG_IMAGE });
      await here().create(deployment('pinger'), gate('wrong', ['pinger'], [dns('api')]));
      await here().untilGate('wrong', { open: 'False/Waiting', dependencies: 'api Starting' });
      await on().operator.stop();
      await on().operator.start();
      const gated = await here().untilGate('wrong', { open: 'True/AllPassed', pods: '1/1', older: 0 });
      expect(JSON.stringify(gated.status)).not.to.contain(WRONG_IMAGE);
      await here().untilPods('pinger', 1, 'are ready', isReady);
      expect((await here().workload('running')).metadata.generation).to.be.at.most(2);
      expect(await here().replicaSets('running')).to.have.length.at.most(2);
    });
  });
};

/** The name of the right one, with a tag that nobody has pushed. */
const WRONG_IMAGE = 'dependency-gate:does-not-exist';
