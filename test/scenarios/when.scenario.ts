import { expect } from 'chai';
import { openAnnotation, readOpenValue } from '../../src/api/names.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { APP_IMAGE, deployment, gate, service } from './manifests.ts';
import { isReady, isRunning, type PodView } from './views.ts';

const WAITER = 'dgate-first--api';
const OPENED = openAnnotation('first', 'api');

/** Gates that are for rollouts, and not for every start. */
export const when: Scenario = (on) => {
  describe('Pods of a template that has passed, with when: Rollout', () => {
    const here = useNamespace(on);
    const rolledBy = (image: string) => {
      const spec = { template: { spec: { containers: [{ name: 'app', image }] } } };
      return here().patch('Deployment', 'web', { spec }, { type: 'strategic' });
    };
    const ofImage = (image: string) => (pod: PodView) =>
      pod.spec.containers.some((container) => container.image === image);
    // The operator sees it go, so the test knows when no Pod can find it any more.
    const api = { name: 'api', service: { name: 'api' } };
    const goes = async () => {
      await here().delete('Service', 'api');
      await here().untilGate('first', { seen: 'api: Service api does not exist' });
    };
    /** One Pod that has waited and passed; then what it waited for goes away. */
    const outage = async (more = {}) => {
      await here().create(deployment('api'));
      await here().create(deployment('web'), gate('first', ['web'], [api], { when: 'Rollout', ...more }));
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
      await here().create(service('api'));
      // Before the rollout has ended, what is scaled out is the template without the gate as well.
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', targets: 'web Current' });
      await goes();
    };

    it('start when it is scaled out in an outage, and when one is made anew', async () => {
      await outage();
      await here().patch('Deployment', 'web', { spec: { replicas: 3 } });
      const pods = await here().untilPods('web', 3, 'are ready', isReady);
      const openings = pods.flatMap(
        ({ metadata }) => readOpenValue(metadata.annotations[OPENED] ?? '') ?? [],
      );
      expect(openings.map(({ by }) => by)).to.have.members([undefined, 'rollout', 'rollout']);
      await here().untilGate('first', {
        open: 'True/StartedUnchecked',
        openMessage: /^3 Pods started, some without waiting for api \(2\)/,
        pods: '3/3',
      });
      for (const { metadata } of pods) await here().delete('Pod', metadata.name);
      await here().untilPods('web', 3, 'are ready and others', (pod) => {
        return isReady(pod) && pods.every(({ metadata }) => metadata.uid !== pod.metadata.uid);
      });
    });

    it('wait when the template is another, until one of it has passed, and need not when it is rolled back', async () => {
      await outage();
      await rolledBy('registry.example/app:2');
      await here().untilPods(
        'web',
        1,
        'wait',
        (pod) => ofImage('registry.example/app:2')(pod) && isRunning(pod, WAITER),
      );
      await here().untilGate('first', { open: 'False/Waiting', waitingOn: 'api' });
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
      await goes();
      await rolledBy(APP_IMAGE);
      await here().untilGate('first', { open: 'True/StartedUnchecked', pods: '1/1', targets: 'web Current' });
    });

    it('wait when the gate has changed', async () => {
      await outage();
      await here().patch('DependencyGate', 'first', { spec: { defaults: { overdueAfterSeconds: 99 } } });
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1', older: 1 });
    });

    it('wait at every start where that is what the gate is for', async () => {
      await outage({ when: 'EveryStart' });
      await here().patch('Deployment', 'web', { spec: { replicas: 2 } });
      await here().untilGate('first', { open: 'False/Waiting', pods: '1/2' });
    });
  });
};
