import { expect } from 'chai';
import { type Scenario, useNamespace } from './cluster.ts';
import { cronJob, daemonSet, gate, scripted, statefulSet } from './manifests.ts';
import { initNames, isGated, isReady } from './views.ts';

const FAILING = scripted('schema', 'exit 3');
const PASSING = scripted('schema', 'true');

/** Old Pods that Kubernetes itself never replaces. Real controllers only: the sandbox plays none of these kinds. */
export const stateful: Scenario = (on) => {
  describe('a StatefulSet with a Pod that waits in a gate that cannot open', () => {
    const here = useNamespace(on);
    /** `db-0` waits, and was never without the gate. */
    const wait = async () => {
      await here().create(statefulSet('db', { replicas: 0 }), gate('first', ['StatefulSet/db'], [FAILING]));
      await here().untilGate('first', { ready: 'True/InForce', targets: 'db Current' });
      await here().patch('StatefulSet', 'db', { spec: { replicas: 2 } });
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1', answers: /exit code 3/ });
      const [pod] = await here().untilPods('db', 1, 'wait', isGated);
      return pod?.metadata.uid;
    };
    const fix = () => here().patch('DependencyGate', 'first', { spec: { dependencies: [PASSING] } });

    it('gets another Pod in its place when the gate is fixed', async () => {
      const old = await wait();
      await fix();
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', targets: 'db Current' });
      const pods = await here().untilPods('db', 2, 'are ready', isReady);
      expect(pods.map(({ metadata }) => metadata.name)).to.have.members(['db-0', 'db-1']);
      expect(pods.map(({ metadata }) => metadata.uid)).to.not.include(old);
    });

    it('keeps it below the partition, until that is lowered', async () => {
      const old = await wait();
      const partition = (partition: number) =>
        here().patch('StatefulSet', 'db', { spec: { updateStrategy: { rollingUpdate: { partition } } } });
      await partition(1);
      await fix();
      await here().untilGate('first', { ready: 'True/InForce', older: 1, targets: 'db Rolling' });
      const another = here().untilPass('first');
      await here().patch('StatefulSet', 'db', { metadata: { labels: { touched: 'true' } } });
      await another;
      expect((await here().pods('db')).map(({ metadata }) => metadata.uid)).to.deep.equal([old]);
      await partition(0);
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0 });
    });

    it('is clean and gets another Pod when the gate is deleted', async () => {
      const old = await wait();
      await here().delete('DependencyGate', 'first');
      await here().untilGone('DependencyGate', 'first');
      expect(initNames(await here().workload('db', 'StatefulSet'))).to.be.empty;
      const pods = await here().untilPods('db', 2, 'are ready', isReady);
      expect(pods.map(({ metadata }) => metadata.uid)).to.not.include(old);
    });
  });

  describe('a DaemonSet with the update strategy OnDelete', () => {
    const here = useNamespace(on);

    it('gets another Pod in the place of one that waits when the gate is fixed, and keeps one that passed', async () => {
      const nodeSelector = (value: string | null) => ({
        spec: { nodeSelector: { 'kubernetes.io/none': value } },
      });
      const updateStrategy = { type: 'OnDelete' };
      await here().create(daemonSet('agent', { spec: { updateStrategy }, pod: nodeSelector('x').spec }));
      await here().create(gate('first', ['DaemonSet/agent'], [FAILING]));
      await here().untilGate('first', { ready: 'True/InForce', targets: 'agent Current' });
      await here().patch('DaemonSet', 'agent', { spec: { template: nodeSelector(null) } });
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1', answers: /exit code 3/ });
      await here().patch('DependencyGate', 'first', { spec: { dependencies: [PASSING] } });
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0 });

      const [passed] = await here().untilPods('agent', 1, 'are ready', isReady);
      await here().patch('DependencyGate', 'first', { spec: { dependencies: [scripted('other', 'true')] } });
      await here().untilGate('first', {
        ready: 'True/InForce',
        older: 1,
        pods: '0/0',
        targets: 'agent Rolling',
      });
      expect((await here().pods('agent')).map(({ metadata }) => metadata.uid)).to.deep.equal([
        passed?.metadata.uid,
      ]);
    });
  });

  describe('a CronJob', () => {
    const here = useNamespace(on);

    it('carries the containers in the template of its Jobs, and is clean when the gate is deleted', async () => {
      await here().create(cronJob('report'), gate('first', ['CronJob/report'], [PASSING]));
      await here().untilGate('first', { ready: 'True/InForce', targets: /^report/ });
      const inits = async () => JSON.stringify(await here().get('CronJob', 'report'));
      expect(await inits()).to.contain('"name":"dgate-first--schema"');
      await here().delete('DependencyGate', 'first');
      await here().untilGone('DependencyGate', 'first');
      expect(await inits()).to.not.match(/dgate-|dependencygate\.dev/);
    });
  });
};
