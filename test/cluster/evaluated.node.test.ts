import { expect } from 'chai';
import { AGGREGATE_LABEL, ALL_DEPENDENCIES, containerName } from '../../src/api/names.ts';
import type { Dependency } from '../../src/api/spec.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { customResource, deployment, dns, gate, service, tcp } from '../scenarios/manifests.ts';
import { isReady, type PodView, restarts } from '../scenarios/views.ts';
import { eventually } from './eventually.ts';
import { TOOLS_IMAGE } from './images.ts';
import { IDLE, running, serviceOf, WEB_SERVER, WHEN_TOLD_READY } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, useOperator } from './story-operator.ts';

const ofJob: Dependency = {
  name: 'migrate',
  resource: { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate' },
};
const ofDatabase = (more: object): Dependency => ({
  name: 'database',
  resource: { apiVersion: 'stories.example.com/v1', kind: 'Database', name: 'main', ...more },
});

function job(script: string, spec: object = {}): KubeObject {
  const containers = [{ name: 'migrate', image: TOOLS_IMAGE, command: ['sh', '-c', script] }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'migrate' },
    spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers } }, ...spec },
  };
}

/** What the operator evaluates, where a kubelet has to bring the news into the containers. */
describe('dependencies that the operator evaluates, on a real node', function () {
  this.timeout(300_000);
  const cluster = useOperator();
  const story = useStory(cluster);

  /** The app's Pod, which waits in its first gate container from its birth. */
  async function waiting(...dependencies: Dependency[]): Promise<PodView> {
    await story().apply(gate('first', ['app'], dependencies));
    await story().untilGate('first', { ready: 'True/InForce' });
    await story().apply(deployment('app', { ...running(IDLE), replicas: 0 }));
    await story().untilGate('first', { targets: 'app Current' });
    await story().kubectl(['scale', 'deployment/app', '--replicas=1']);
    return story().untilWaiting('app', `dgate-first--${dependencies[0]?.name}`);
  }

  async function untilOpen(pod: PodView): Promise<void> {
    await story().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
    const ready = await story().untilPod('app', 'is ready', isReady);
    expect(ready.metadata.uid).to.equal(pod.metadata.uid);
    expect(restarts(ready)).to.equal(0);
  }

  /** Waits until the Service's one endpoint is there, and called ready or not. */
  async function untilPublished(service: string, asReady: boolean): Promise<void> {
    const path = '{.items[*].endpoints[*].conditions.ready}';
    const label = `--selector=kubernetes.io/service-name=${service}`;
    await eventually(`the endpoint of ${service} is ${asReady ? '' : 'not '}ready`, 60_000, async () => {
      const ready = await story().kubectl(['get', 'endpointslices', label, `--output=jsonpath=${path}`]);
      return ready === String(asReady);
    });
  }

  it('a migration Job, a Service name and a server open the one container that waits for all of them', async () => {
    const shared = containerName('first', ALL_DEPENDENCIES);
    await story().apply(
      gate('first', ['app'], [tcp('server', 8080), ofJob, dns('api')], { order: 'Parallel' }),
      deployment('server', running(WEB_SERVER, WHEN_TOLD_READY)),
      serviceOf('server', 8080),
      deployment('app', running(IDLE)),
    );
    const pod = await story().untilWaiting('app', shared);
    await story().untilLog(pod, shared, /^waiting for server: connection refused$/m);
    await story().untilLog(pod, shared, /^waiting for api: NXDOMAIN$/m);
    await story().untilGate('first', { open: 'False/Waiting', waitingOn: 'server,migrate,api' });
    await story().apply(job('echo migrated'), service('api'));
    await story().untilLog(pod, shared, /^migrate was opened by an annotation of the Pod$/m);
    await story().untilLog(pod, shared, /^api: 10\.96\.\d+\.\d+$/m);
    await story().exec('deployment/server', 'touch', '/tmp/ready');
    await untilOpen(pod);
    expect(await story().log(pod, shared)).to.match(/^server: .*:8080\ncontinuing \.\.\.\n$/m);
  });

  it('a migration Job opens its gate, also for Pods that come after it was deleted', async () => {
    const pod = await waiting(ofJob);
    await story().untilLog(pod, 'dgate-first--migrate', /^waiting for migrate: the operator opens it/);
    await story().apply(job('echo migrated', { ttlSecondsAfterFinished: 5 }));
    await untilOpen(pod);
    await story().kubectl(['wait', '--for=delete', 'job/migrate', '--timeout=60s']);
    await story().untilGate('first', { seen: 'migrate: Job migrate completed, and is gone since' });
    await story().kubectl(['scale', 'deployment/app', '--replicas=3']);
    await story().untilGate('first', { open: 'True/AllPassed', pods: '3/3' });
    expect((await story().pods('app')).map(restarts)).to.deep.equal([0, 0, 0]);
  });

  it('a Job that fails is told with its reason, and the next one that completes heals it', async () => {
    const pod = await waiting(ofJob);
    await story().apply(job('echo no table >&2; exit 3'));
    await story().untilGate('first', {
      open: 'False/DependencyFailed',
      openMessage: /Job migrate failed: BackoffLimitExceeded/,
    });
    await story().kubectl(['delete', 'job/migrate']);
    await story().apply(job('true'));
    await untilOpen(pod);
  });

  for (const publishNotReadyAddresses of [false, true]) {
    const more = publishNotReadyAddresses ? ', also where Pods are published that are not ready' : '';
    it(`a Service opens it with enough ready endpoints, whether or not anybody could dial it${more}`, async () => {
      const pod = await waiting({ name: 'api', service: { name: 'api', port: 80 } });
      const app = deployment('api', running(IDLE, WHEN_TOLD_READY));
      await story().apply(serviceOf('api', 80, 'api', { publishNotReadyAddresses }), app);
      await story().untilPod('api', 'runs', ({ status }) => status.phase === 'Running');
      await untilPublished('api', publishNotReadyAddresses);
      await story().untilGate('first', { seen: 'api: Service api has 0 of 1 ready endpoint for port 80' });
      await story().exec('deployment/api', 'touch', '/tmp/ready');
      await untilOpen(pod);
    });
  }

  it('a custom resource opens it by a condition, and by an expression', async () => {
    await cluster().apply(JSON.stringify(customResource('Database')));
    await cluster().apply(JSON.stringify(READ_DATABASES));
    const byExpression = { ...ofDatabase({ expression: 'object.status.replicas >= 2' }), name: 'replicas' };
    const pod = await waiting(ofDatabase({ condition: { type: 'Ready' } }), byExpression);
    await story().untilGate('first', { seen: /^database: Database main does not exist/ });
    const database = { apiVersion: 'stories.example.com/v1', kind: 'Database', metadata: { name: 'main' } };
    await story().apply({ ...database, spec: {} });
    const set = async (status: object) => {
      const patch = JSON.stringify({ status });
      await story().kubectl(['patch', 'databases/main', '--subresource=status', '--type=merge', '-p', patch]);
    };
    await set({ replicas: 1, conditions: [{ type: 'Ready', status: 'True', reason: 'Up', message: '' }] });
    await story().untilGate('first', { open: 'False/Waiting', waitingOn: 'replicas', satisfied: 'database' });
    await set({ replicas: 2 });
    await untilOpen(pod);
  });

  it('in an incident a check is opened by hand, with no restart', async () => {
    const pod = await waiting(tcp('redis', 6379));
    await story().untilGate('first', { seen: 'redis: Service redis does not exist' });
    const patch = JSON.stringify({ spec: { open: ['redis'] } });
    await story().kubectl(['patch', 'dgate/first', '--type=merge', '-p', patch]);
    await untilOpen(pod);
    await story().untilLog(pod, 'dgate-first--redis', /redis was opened by an annotation of the Pod/);
  });

  describe('in the end', () => itWentWell(cluster));
});

const READ_DATABASES = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'read-databases', labels: { [AGGREGATE_LABEL]: 'true' } },
  rules: [{ apiGroups: ['stories.example.com'], resources: ['databases'], verbs: ['list', 'watch'] }],
};
