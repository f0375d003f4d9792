import { expect } from 'chai';
import { openAnnotation } from '../../src/api/names.ts';
import type { Dependency } from '../../src/api/spec.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, gate, service, tcp } from './manifests.ts';
import { initNames, isGated, isReady, isRunning, type PodView, restarts } from './views.ts';

const serviceApi = (more: object = {}): Dependency => ({ name: 'api', service: { name: 'api', ...more } });
const deploymentApi = (more: object = {}): Dependency => ({
  name: 'api',
  resource: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api', ...more },
});
const gateOf = (name: string): Dependency => ({ name, gate: { name } });

/** What the operator evaluates, and opens by annotation. */
export const evaluated: Scenario = (on) => {
  describe('a dependency that the operator evaluates', () => {
    const here = useNamespace(on);
    const first = (...dependencies: Dependency[]) => gate('first', ['pinger'], dependencies);
    /** The one Pod of pinger, which waits in its first container. */
    const wait = async (...dependencies: Dependency[]) => {
      const name = `dgate-first--${dependencies[0]?.name}`;
      const [pod] = await start((one) => isRunning(one, name), ...dependencies);
      return pod?.metadata.uid;
    };
    /** The one Pod of pinger, as soon as it is so. */
    const start = async (is: (pod: PodView) => boolean, ...dependencies: Dependency[]) => {
      await here().create(first(...dependencies));
      await here().untilGate('first', { ready: 'True/InForce' });
      await here().create(deployment('pinger', { replicas: 0 }));
      await here().untilGate('first', { ready: 'True/InForce', targets: 'pinger Current' });
      await here().patch('Deployment', 'pinger', { spec: { replicas: 1 } });
      return here().untilPods('pinger', 1, 'are there', is);
    };
    const open = async (uid: string | undefined) => {
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
      const [pod] = await here().untilPods('pinger', 1, 'are ready', isReady);
      expect(pod?.metadata.uid).to.equal(uid);
      expect(pod && restarts(pod)).to.equal(0);
    };

    it('a Service, once it has enough ready endpoints', async () => {
      const pod = await wait(serviceApi({ minReady: 2 }));
      await here().untilGate('first', { open: 'False/Waiting', seen: 'api: Service api does not exist' });
      await here().create(service('api'), deployment('api'));
      await here().untilGate('first', { seen: 'api: Service api has 1 of 2 ready endpoints', satisfied: '' });
      await here().patch('Deployment', 'api', { spec: { replicas: 2 } });
      await open(pod);
      await here().untilGate('first', {
        seen: 'api: Service api has 2 of 2 ready endpoints',
        satisfied: 'api',
      });
    });

    it("a Service's port, by its number in the Service", async () => {
      const pod = await wait(serviceApi({ port: 81 }));
      await here().create(service('api'), deployment('api'));
      await here().untilGate('first', { seen: 'api: Service api has no port 81: it has 80' });
      await here().patch('DependencyGate', 'first', { spec: { dependencies: [serviceApi({ port: 80 })] } });
      await open(pod);
    });

    it('an object that is ready by its kind, by a condition or by an expression', async () => {
      const dependencies = [
        deploymentApi(),
        { ...deploymentApi({ condition: { type: 'Available' } }), name: 'by-condition' },
        { ...deploymentApi({ expression: 'object.status.readyReplicas >= 1' }), name: 'by-expression' },
      ];
      const pod = await wait(...dependencies);
      await here().untilGate('first', {
        seen: /^api: Deployment api does not exist; by-condition: .* exist;/,
      });
      await here().create(deployment('api'));
      await open(pod);
      await here().untilGate('first', { satisfied: 'api, by-condition, by-expression' });
    });

    it('another gate, once that is open', async () => {
      await here().create(gate('db-first', ['api'], [serviceApi()]), deployment('api'));
      const pod = await wait(gateOf('db-first'));
      await here().untilGate('first', { seen: 'db-first: gate db-first is not open: Waiting' });
      await here().patch('DependencyGate', 'db-first', { spec: { open: ['api'] } });
      await open(pod);
    });

    it('is told from the others that cannot be evaluated', async () => {
      await here().create(
        gate('first', ['pinger'], [
          { name: 'no-gate', gate: { name: 'nobody' } },
          { name: 'no-kind', resource: { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w' } },
          {
            name: 'no-such-condition',
            resource: { ...deploymentApi().resource, condition: { type: 'Best' } },
          },
        ] as Dependency[]),
        deployment('api'),
      );
      await here().untilGate('first', {
        seen: /^no-gate: gate nobody does not exist; no-kind: the API server knows no Widget of example.com\/v1; no-such-condition: Deployment api has no condition Best/,
        satisfied: '',
      });
    });

    it('is put into no target while its expression cannot be used, and then into all', async () => {
      await here().create(deployment('pinger'), first(deploymentApi({ expression: 'object.spec. ==' })));
      await here().untilGate('first', { stalled: 'True/InvalidExpression', targets: 'pinger Pending' });
      const before = await here().workload('pinger');
      expect([initNames(before), before.metadata.generation]).to.deep.equal([[], 1]);
      const corrected = [deploymentApi({ expression: 'object.status.readyReplicas >= 1' })];
      await here().patch('DependencyGate', 'first', { spec: { dependencies: corrected } });
      await here().untilGate('first', { stalled: '-', open: 'False/Waiting', pods: '0/1' });
      const after = await here().workload('pinger');
      expect([initNames(after), after.metadata.generation]).to.deep.equal([['dgate-first--api'], 2]);
    });

    it('stalls the gate where it can never be evaluated', async () => {
      await here().create(first(deploymentApi({ expression: 'object.spec. ==' })));
      await here().untilGate('first', {
        stalled: 'True/InvalidExpression',
        stalledMessage: /^dependency api: /,
      });
      await here().patch('DependencyGate', 'first', { spec: { dependencies: [gateOf('second')] } });
      await here().create(gate('second', ['poller'], [gateOf('third')]));
      await here().untilGate('first', { stalled: '-' });
      await here().create(gate('third', ['poller'], [gateOf('first')]));
      await here().untilGate('first', {
        stalled: 'True/DependencyCycle',
        stalledMessage: /first → second → third → first$/,
      });
      await here().delete('DependencyGate', 'third');
      await here().untilGate('first', { stalled: '-' });
    });

    it('opens no Pod before its turn: by then it may be gone', async () => {
      await here().create(service('api'), deployment('api'));
      const pod = await wait(tcp('redis', 80), serviceApi());
      await here().untilGate('first', { satisfied: 'api', open: 'False/Waiting' });
      const annotated = async () => (await here().pods('pinger'))[0]?.metadata.annotations ?? {};
      expect(await annotated()).to.not.have.property(openAnnotation('first', 'api'));
      await here().create(service('redis'), deployment('redis'));
      await open(pod);
      expect(await annotated()).to.have.property(openAnnotation('first', 'api'));
    });

    it('may be evaluated by something else without a rollout', async () => {
      const pod = await wait(serviceApi());
      const { generation } = (await here().workload('pinger')).metadata;
      await here().create(deployment('api'));
      const dependencies = [deploymentApi({ expression: 'object.spec.replicas == 1' })];
      await here().patch('DependencyGate', 'first', { spec: { dependencies } });
      await open(pod);
      expect((await here().workload('pinger')).metadata.generation).to.equal(generation);
    });

    it('opens the Pods that come later, and an operator that returns changes nothing', async () => {
      await here().create(service('api'), deployment('api'));
      await here().create(deployment('pinger', { replicas: 0 }), first(serviceApi()));
      await here().untilGate('first', { satisfied: 'api', targets: 'pinger Current' });
      await here().patch('Deployment', 'pinger', { spec: { replicas: 3 } });
      await here().untilGate('first', { open: 'True/AllPassed', pods: '3/3' });
      await on().operator.stop();
      const before = here().writes().length;
      const pass = here().untilPass('first');
      await on().operator.start();
      await pass;
      // One more, whose Pod is the proof that the dependency was looked at again.
      await here().patch('Deployment', 'pinger', { spec: { replicas: 4 } });
      await here().untilGate('first', { open: 'True/AllPassed', pods: '4/4' });
      const [next] = here().writes().slice(before);
      expect(next?.path).to.match(/\/pods\/|\/status$/);
    });

    it('opens no Pod whose container does not run: what is there now may be gone by then', async () => {
      await here().create(service('api'), deployment('api'));
      const waiter = { image: 'registry.example/does-not-exist:1' };
      await here().create(gate('first', ['pinger'], [serviceApi()], { waiter }));
      await here().untilGate('first', { ready: 'True/InForce', satisfied: 'api' });
      await here().create(deployment('pinger', { replicas: 0 }));
      await here().untilGate('first', { targets: 'pinger Current' });
      await here().patch('Deployment', 'pinger', { spec: { replicas: 1 } });
      await here().untilGate('first', { dependencies: 'api Starting', answers: /ImagePullBackOff/ });
      await here().delete('Deployment', 'api');
      await here().untilGate('first', { satisfied: '' });
      const [pod] = await here().untilPods('pinger', 1, 'is there', () => true);
      expect(pod?.metadata.annotations).to.not.have.property(openAnnotation('first', 'api'));
    });

    it('that is overdue has its own Event, and is waited for all the same', async () => {
      const pod = await wait({ ...serviceApi(), overdueAfterSeconds: 1 });
      await here().untilGate('first', { open: 'False/Overdue' });
      await here().until('an Event tells', async () => {
        const events = JSON.stringify(await here().list('Event'));
        return events.includes('dependency api is overdue: Pods have been waiting for it since') || undefined;
      });
      await here().create(service('api'), deployment('api'));
      await open(pod);
    });

    it('that is overdue lets the Pod start where it says Open, without the operator', async () => {
      // It may be through before it was seen to wait.
      const overdue = { ...serviceApi(), overdueAfterSeconds: 2, onOverdue: 'Open' } as const;
      const [pod] = await start(isGated, overdue);
      await on().operator.stop();
      await here().untilPods('pinger', 1, 'are ready', isReady);
      await on().operator.start();
      await open(pod?.metadata.uid);
    });
  });

  describe('a check that runs in Pods', () => {
    const here = useNamespace(on);

    it('has a hint from the Service that it dials, while Pods wait', async () => {
      await here().create(gate('first', ['pinger'], [tcp('api', 80)]), deployment('pinger'));
      await here().untilGate('first', { open: 'False/Waiting', seen: 'api: Service api does not exist' });
      await here().create(service('api'));
      await here().untilGate('first', { seen: 'api: Service api has no ready endpoints' });
      await here().create(deployment('api'));
      await here().untilGate('first', { open: 'True/AllPassed', seen: 'api: -' });
    });
  });
};
