import { expect } from 'chai';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, service } from './manifests.ts';
import { initNames, isReady } from './views.ts';

/** Which workloads a gate holds. */
export const targets: Scenario = (on) => {
  describe('targets', () => {
    const here = useNamespace(on);
    const initsOf = async (name: string) => initNames(await here().workload(name));
    const names = async (gate: string, ...targets: readonly string[]) =>
      here().patch('DependencyGate', gate, { spec: { targets: targets.map((name) => ({ name })) } });

    it('may appear later than the gate', async () => {
      await here().create(gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', {
        ready: 'True/InForce',
        open: 'Unknown/TargetMissing',
        targets: 'pinger Missing',
      });
      await here().create(deployment('pinger'));
      await here().untilGate('api-first', { open: 'False/Waiting', targets: /^pinger (Rolling|Current)$/ });
      expect(await initsOf('pinger')).to.deep.equal(['dgate-api-first--api']);
    });

    it('may be deleted while they wait, and come back', async () => {
      await here().create(deployment('pinger'), gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', { open: 'False/Waiting' });
      await here().delete('Deployment', 'pinger');
      await here().untilGate('api-first', {
        open: 'Unknown/TargetMissing',
        targets: 'pinger Missing',
        pods: '0/0',
      });
      await here().create(deployment('pinger'));
      await here().untilGate('api-first', { open: 'False/Waiting', pods: '0/1' });
    });

    it('are held as soon as the gate names them, and clean as soon as it does not', async () => {
      await here().create(service('api'), ...['a', 'b', 'c'].map((name) => deployment(name)));
      await here().create(gate('api-first', ['a', 'b'], [dns('api')]));
      await here().untilGate('api-first', { open: 'True/AllPassed', targets: 'a Current, b Current' });
      await names('api-first', 'b', 'c');
      await here().untilGate('api-first', { open: 'True/AllPassed', targets: 'b Current, c Current' });
      const a = await here().untilWorkload('a', 'is clean', (workload) => initNames(workload).length === 0);
      const { annotations, labels } = a.spec.template.metadata;
      expect({ annotations, labels }).to.deep.equal({ annotations: {}, labels: { app: 'a' } });
      expect(a.spec.template.spec.volumes).to.be.empty;
      expect(await initsOf('c')).to.deep.equal(['dgate-api-first--api']);
      expect((await here().workload('b')).metadata.generation).to.equal(2);
    });

    it('go on when the gate that holds them is renamed, which is another gate', async () => {
      await here().create(deployment('pinger'), gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', { open: 'False/Waiting' });
      await here().create(gate('api-before', ['pinger'], [dns('api')]));
      await here().delete('DependencyGate', 'api-first');
      await here().untilGone('DependencyGate', 'api-first');
      await here().untilGate('api-before', { open: 'False/Waiting', targets: /^pinger/ });
      expect(await initsOf('pinger')).to.deep.equal(['dgate-api-before--api']);
    });
  });

  describe('several gates on one target', () => {
    const here = useNamespace(on);

    it('stand in the order of their names, before its own, whichever came first', async () => {
      const own = { initContainers: [{ name: 'migrate', image: 'registry.example/app:1' }] };
      await here().create(service('api'), deployment('pinger', { pod: own }));
      await here().create(gate('z', ['pinger'], [dns('api'), dns('api2')]));
      await here().untilGate('z', { ready: 'True/InForce', targets: /^pinger/ });
      await here().create(gate('a', ['pinger'], [dns('api')]));
      await here().untilGate('a', { ready: 'True/InForce', targets: /^pinger/ });
      expect(initNames(await here().workload('pinger'))).to.deep.equal([
        'dgate-a--api',
        'dgate-z--api',
        'dgate-z--api2',
        'migrate',
      ]);
      await here().untilGate('a', { open: 'True/AllPassed' });
      await here().untilGate('z', { open: 'False/Waiting', init: 'Init:1/2', waitingOn: 'api2' });
      await here().delete('DependencyGate', 'z');
      await here().untilGone('DependencyGate', 'z');
      await here().untilPods('pinger', 1, 'are ready', isReady);
      const left = await here().workload('pinger');
      expect(initNames(left)).to.deep.equal(['dgate-a--api', 'migrate']);
      expect(left.spec.template.spec.volumes.map(({ name }) => name)).to.deep.equal(['dgate-a']);
    });

    it('wait one after another', async () => {
      await here().create(deployment('pinger', { replicas: 0 }));
      await here().create(gate('a', ['pinger'], [dns('api')]), gate('b', ['pinger'], [dns('redis')]));
      for (const name of ['a', 'b'])
        await here().untilGate(name, { ready: 'True/InForce', targets: 'pinger Current' });
      await here().patch('Deployment', 'pinger', { spec: { replicas: 1 } });
      await here().untilGate('a', { open: 'False/Waiting', waitingOn: 'api', older: 0 });
      await here().untilGate('b', { open: 'False/Waiting', waitingOn: '-', openMessage: /in gate a$/ });
      await here().create(service('api'));
      await here().untilGate('a', { open: 'True/AllPassed' });
      await here().untilGate('b', { open: 'False/Waiting', waitingOn: 'redis' });
      await here().create(service('redis'));
      await here().untilGate('b', { open: 'True/AllPassed' });
    });
  });
};
