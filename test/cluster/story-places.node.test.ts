import { expect } from 'chai';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { initNames, isReady, isRunning, viewWorkload } from '../scenarios/views.ts';
import { eventually } from './eventually.ts';
import { TOOLS_IMAGE } from './images.ts';
import { IDLE, running, serviceOf } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, useOperator } from './story-operator.ts';

const WAITER = 'dgate-first--api';
/** What the restricted Pod security standard asks of the app's own container. */
const RESTRICTED = {
  securityContext: {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
};
const RESOURCES = {
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '50m', memory: '32Mi' } },
};

describe('gated Pods on a real node', function () {
  this.timeout(300_000);
  const cluster = useOperator();
  const story = useStory(cluster);
  const waitForApi = gate('first', ['app'], [dns('api')]);

  /** Creates what the gate waits for, and waits until the gate and the app's Pod have seen it. */
  async function openByApi(): Promise<void> {
    await story().apply(serviceOf('api', 80));
    await story().untilGate('first', { ready: 'True/InForce', open: 'True/AllPassed', pods: '1/1' });
    await story().rolledOut('deployment/app');
  }

  it('are admitted where the restricted Pod security standard is enforced', async () => {
    const { namespace } = story();
    await story().kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']);
    const refused = await cluster()
      .run([`--namespace=${namespace}`, 'run', 'loose', `--image=${TOOLS_IMAGE}`])
      .catch(String);
    expect(refused).to.contain('violates PodSecurity "restricted');
    await story().apply(deployment('app', running(IDLE, RESTRICTED)), waitForApi);
    await story().untilWaiting('app', WAITER);
    await openByApi();
  });

  it('are admitted where a quota asks every container for requests and limits', async () => {
    const hard = { 'requests.cpu': '1', 'requests.memory': '1Gi', 'limits.cpu': '1', 'limits.memory': '1Gi' };
    await story().apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'all' },
      spec: { hard },
    });
    await eventually('the quota is in force', 60_000, async () => {
      const text = await story()
        .kubectl(['run', 'loose', `--image=${TOOLS_IMAGE}`, '--dry-run=server'])
        .catch(String);
      return text.includes('must specify') || undefined;
    });
    await story().apply(deployment('app', running(IDLE, RESOURCES)), waitForApi);
    await story().untilWaiting('app', WAITER);
    await openByApi();
  });

  it('have our containers before a native sidecar, which starts when the gate is open', async () => {
    const proxy = { name: 'proxy', image: TOOLS_IMAGE, command: IDLE, restartPolicy: 'Always' };
    await story().apply(deployment('app', running(IDLE, {}, { initContainers: [proxy] })), waitForApi);
    const pod = await story().untilWaiting('app', WAITER);
    expect(initNames(viewWorkload(await story().get('deployment', 'app')))).to.deep.equal([WAITER, 'proxy']);
    expect(isRunning(pod, 'proxy')).to.be.false;
    await openByApi();
    const ready = await story().untilPod('app', 'is ready', isReady);
    expect(ready.metadata.uid).to.equal(pod.metadata.uid);
    expect(isRunning(ready, 'proxy')).to.be.true;
  });

  it('go behind a native sidecar by spec.after, and reach through it what the app does', async () => {
    const command = ['httpd', '-f', '-p', '5432', '-h', '/tmp'];
    const initContainers = [
      { name: 'sql-proxy', image: TOOLS_IMAGE, command, restartPolicy: 'Always' },
      { name: 'migrate', image: TOOLS_IMAGE, command: ['true'] },
    ];
    const db = { name: 'db', tcp: { host: '127.0.0.1', port: 5432 } };
    await story().apply(
      gate('first', ['app'], [db]),
      deployment('app', running(IDLE, {}, { initContainers })),
    );
    await story().untilWaiting('app', 'dgate-first--db');
    await story().apply(gate('first', ['app'], [db], { after: 'sql-proxy' }));
    await story().untilGate('first', { ready: 'True/InForce', open: 'True/AllPassed', pods: '1/1' });
    const ready = await story().untilPod('app', 'is ready', isReady);
    expect(initNames(viewWorkload(await story().get('deployment', 'app')))).to.deep.equal([
      ...['sql-proxy', 'dgate-first--db', 'migrate'],
    ]);
    expect(isRunning(ready, 'sql-proxy')).to.equal(true);
  });

  describe('in the end', () => itWentWell(cluster));
});
