import { expect } from 'chai';
import { openAnnotation } from '../../src/api/names.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, service } from './manifests.ts';
import { initNames, isGated, isReady, isRunning, restarts } from './views.ts';

const CHECK_API = 'dgate-api-first--api';

/** What becomes of the Pods. */
export const pods: Scenario = (on) => {
  describe("the Pods of a gate's targets", () => {
    const here = useNamespace(on);
    const scale = (replicas: number) => here().patch('Deployment', 'pinger', { spec: { replicas } });
    /** So many Pods that wait, none of which was ever without the gate. */
    const wait = async (replicas: number) => {
      await here().create(deployment('pinger', { replicas: 0 }), gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', { ready: 'True/InForce', targets: 'pinger Current' });
      await scale(replicas);
      await here().untilPods('pinger', replicas, 'wait', (pod) => isRunning(pod, CHECK_API));
      await here().untilGate('api-first', { open: 'False/Waiting', pods: `0/${replicas}` });
    };

    it('are counted as the target is scaled up, down and to zero', async () => {
      await wait(2);
      await scale(3);
      await here().untilGate('api-first', { open: 'False/Waiting', pods: '0/3' });
      await scale(1);
      await here().untilGate('api-first', { open: 'False/Waiting', pods: '0/1' });
      await scale(0);
      await here().untilGate('api-first', { open: 'Unknown/NonePassedYet', pods: '0/0', init: '-' });
      await here().create(service('api'));
      await scale(2);
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '2/2' });
      expect((await here().workload('pinger')).spec.replicas).to.equal(2);
    });

    it('wait again when the app is changed meanwhile', async () => {
      await wait(2);
      const containers = [{ name: 'app', image: 'registry.example/app:2' }];
      const spec = { template: { spec: { containers } } };
      await here().patch('Deployment', 'pinger', { spec }, { type: 'strategic' });
      // One more than are wanted: until it is available, the Deployment leaves the two before it.
      await here().untilGate('api-first', { open: 'False/Waiting', pods: '0/3' });
      await here().untilPods('pinger', 1, 'wait with the new image', (pod) => {
        const isNew = pod.spec.containers.some(({ image }) => image === 'registry.example/app:2');
        return isNew && isRunning(pod, CHECK_API);
      });
      await here().create(service('api'));
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '2/2', targets: 'pinger Current' });
    });

    it('are told apart: those that are older than the gate, and those of an earlier render', async () => {
      await here().create(deployment('pinger'));
      const [old] = await here().untilPods('pinger', 1, 'are ready', isReady);
      await here().create(gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', {
        open: 'False/Waiting',
        pods: '0/1',
        ungated: 1,
        targets: 'pinger Rolling',
      });
      expect((await here().pods('pinger')).map(({ metadata }) => metadata.uid)).to.include(old?.metadata.uid);
      await here().create(service('api'));
      await here().untilGate('api-first', {
        open: 'True/AllPassed',
        pods: '1/1',
        ungated: 0,
        targets: 'pinger Current',
      });

      await here().patch('DependencyGate', 'api-first', { spec: { dependencies: [dns('redis')] } });
      await here().untilGate('api-first', {
        open: 'False/Waiting',
        pods: '0/1',
        older: 1,
        targets: 'pinger Rolling',
      });
      await here().create(service('redis'));
      await here().untilGate('api-first', {
        open: 'True/AllPassed',
        pods: '1/1',
        older: 0,
        targets: 'pinger Current',
      });
    });

    it('go on as they are when their gate is deleted', async () => {
      await wait(1);
      const [waiting] = await here().pods('pinger');
      await here().delete('DependencyGate', 'api-first');
      await here().untilGone('DependencyGate', 'api-first');
      expect(initNames(await here().workload('pinger'))).to.be.empty;
      const opened = here()
        .writes()
        .findIndex(({ path }) => path.endsWith(`/pods/${waiting?.metadata.name}`));
      const cleaned = here()
        .writes()
        .findLastIndex(({ path }) => path.endsWith('/deployments/pinger'));
      expect(opened, 'opened before the template was cleaned').to.be.within(0, cleaned);
      await here().untilPods('pinger', 1, 'are ready', isReady);
    });

    it('are opened one by one by hand, without a restart', async () => {
      await wait(2);
      const [first, second] = await here().pods('pinger');
      const annotations = { [openAnnotation('api-first', 'api')]: '1' };
      await here().patch('Pod', first?.metadata.name ?? '', { metadata: { annotations } });
      await here().untilGate('api-first', { open: 'False/Waiting', pods: '1/2' });
      const [opened] = await here().untilPods('pinger', 1, 'are ready', isReady);
      expect(opened?.metadata.uid).to.equal(first?.metadata.uid);
      expect(opened && restarts(opened)).to.equal(0);
      const [still] = await here().untilPods('pinger', 1, 'wait', (pod) => isGated(pod) && !isReady(pod));
      expect(still?.metadata.uid).to.equal(second?.metadata.uid);
    });

    it('are opened all at once by the gate, with no restart and no rollout, and so are later ones', async () => {
      await wait(2);
      const before = await here().pods('pinger');
      const { generation } = (await here().workload('pinger')).metadata;
      await here().patch('DependencyGate', 'api-first', { spec: { open: ['api'] } });
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '2/2' });
      const after = await here().untilPods('pinger', 2, 'are ready', isReady);
      const uids = (pods: typeof before) => pods.map(({ metadata }) => metadata.uid);
      expect(uids(after)).to.have.members(uids(before));
      expect(after.map(restarts)).to.deep.equal([0, 0]);
      expect((await here().workload('pinger')).metadata.generation).to.equal(generation);
      await scale(3);
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '3/3' });
    });
  });
};
