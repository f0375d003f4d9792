import { expect } from 'chai';
import { type Scenario, useNamespace } from './cluster.ts';
import { APP_IMAGE, deployment, dns, gate, service } from './manifests.ts';
import { hasPassed, initNames, isReady, isRunning } from './views.ts';

const DB = 'dgate-db-first--db';
const API = 'dgate-api-first--api';

/** Gates behind init containers of their targets' own. */
export const place: Scenario = (on) => {
  describe('a gate behind a native sidecar', () => {
    const here = useNamespace(on);
    const own = (name: string, more = {}) => ({ name, image: APP_IMAGE, ...more });
    const sidecar = (name: string) => own(name, { restartPolicy: 'Always' });
    const behind = gate('db-first', ['web'], [dns('db')], { after: 'proxy' });
    const order = async () => initNames(await here().workload('web')).join(' ');

    it('starts once the sidecar has, and before the init containers behind it', async () => {
      const pod = { initContainers: [sidecar('proxy'), own('migrate')] };
      await here().create(behind, gate('api-first', ['web'], [dns('api')]), deployment('web', { pod }));
      await here().untilGate('db-first', { ready: 'True/InForce', open: 'False/Waiting', pods: '0/1' });
      await here().create(service('api'));
      const [waiting] = await here().untilPods('web', 1, 'wait', (one) => isRunning(one, DB));
      expect(waiting && isRunning(waiting, 'proxy')).to.equal(true);
      expect(await order()).to.equal(`${API} proxy ${DB} migrate`);
      await here().untilGate('db-first', { waitingOn: 'db' });
      await here().create(service('db'));
      await here().untilGate('db-first', { open: 'True/AllPassed', pods: '1/1' });
      await here().untilPods('web', 1, 'are ready', (one) => isReady(one) && hasPassed(one, 'migrate'));
    });

    it('says so where the sidecar does not start, or is not there, and waits', async () => {
      const pod = { initContainers: [{ ...sidecar('proxy'), image: 'registry.example/does-not-exist:1' }] };
      await here().create(behind, service('db'), deployment('web', { pod }));
      await here().untilGate('db-first', {
        open: 'False/Waiting',
        openMessage:
          /1 of 1 Pod waiting: behind init container proxy, which is not through \((ErrImagePull|ImagePullBackOff)/,
        waitingOn: '-',
      });
      const renamed = [{ name: 'proxy', $patch: 'delete' }, sidecar('sql-proxy')];
      const spec = { template: { spec: { initContainers: renamed } } };
      await here().patch('Deployment', 'web', { spec }, { type: 'strategic' });
      await here().untilGate('db-first', { ready: 'False/AfterMissing', stalled: 'True/AfterMissing' });
      await here().until('it stands first', async () => (await order()) === `${DB} sql-proxy` || undefined);
      await here().patch('DependencyGate', 'db-first', { spec: { after: 'sql-proxy' } });
      await here().untilGate('db-first', { ready: 'True/InForce', open: 'True/AllPassed', pods: '1/1' });
      expect(await order()).to.equal(`sql-proxy ${DB}`);
    });
  });
};
