import { expect } from 'chai';
import { GATED_LABEL } from '../../src/api/names.ts';
import { daemonSet, deployment, dns, gate } from '../scenarios/manifests.ts';
import { isGated, isReady, isRunning, type PodView } from '../scenarios/views.ts';
import { eventually } from './eventually.ts';
import { IDLE, running, serviceOf } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, useOperator } from './story-operator.ts';

const WAITER = 'dgate-first--api';
const APPS = ['web', 'agent'] as const;

describe('placement in Pods, on a real node', function () {
  this.timeout(300_000);
  const cluster = useOperator();
  const story = useStory(cluster);

  /** What a restart, or a Pod made anew, would change. */
  const lives = (pods: readonly PodView[]) =>
    pods.map(({ metadata, status }) => ({
      uid: metadata.uid,
      restarts: status.containerStatuses.map(({ restartCount }) => restartCount),
    }));
  const uids = async (app: string) => (await story().pods(app)).map(({ metadata }) => metadata.uid);

  /** As a drain does it. */
  async function evict({ metadata: { name } }: PodView): Promise<void> {
    const { namespace } = story();
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
    await story().kubectl(['create', '--raw', path, '-f', '-'], { input: JSON.stringify(eviction) });
  }

  /** Waits until a Pod of the DaemonSet that was made now had the gate: admission is a moment late. */
  async function untilPlaced(): Promise<void> {
    const ownerReferences = [
      { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'probe', controller: true },
    ];
    const metadata = { name: 'probe', ownerReferences };
    const spec = { containers: [{ name: 'app', image: 'none' }] };
    const probe = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
    await eventually('admission knows the gate', 60_000, async () => {
      const args = ['create', '--dry-run=server', '--output=json', '-f', '-'];
      const made = await story().kubectl(args, { input: JSON.stringify(probe) });
      return made.includes(WAITER) || undefined;
    });
  }

  it('gates what is made anew, and leaves what runs as it is, through a change, a restart of the kubelet and the end', async () => {
    await story().apply(
      deployment('web', { ...running(IDLE), replicas: 2 }),
      daemonSet('agent', running(IDLE)),
    );
    await story().untilPods('web', 2, 'are ready', isReady);
    await story().untilPods('agent', 1, 'are ready', isReady);
    const atFirst = await story().pods('web');
    await story().apply(gate('first', ['web', 'DaemonSet/agent'], [dns('api')], { placement: 'Pod' }));
    await story().untilGate('first', { ready: 'True/InForce', ungated: 3, pods: '0/0' });
    await untilPlaced();
    expect(lives(await story().pods('web'))).to.have.deep.members(lives(atFirst));

    const [evicted, kept] = atFirst;
    const [agent] = await story().pods('agent');
    if (!evicted || !kept || !agent) return expect.fail();
    await evict(evicted);
    await evict(agent);
    for (const app of APPS) {
      const waiting = await story().untilPod(app, 'waits', (pod) => isRunning(pod, WAITER));
      expect(waiting.metadata.labels).to.include({ [GATED_LABEL]: 'true' });
    }
    await story().untilGate('first', { open: 'False/Waiting', pods: '0/2', ungated: 1, waitingOn: 'api' });
    const before = { web: await uids('web'), agent: await uids('agent') };
    await cluster().restartKubelet();
    await story().kubectl(['scale', 'deployment/web', '--replicas=3']);
    await story().untilPods('web', 3, 'wait, but for the first', (pod) => {
      return pod.metadata.uid === kept.metadata.uid ? isReady(pod) : isRunning(pod, WAITER);
    });
    expect(await uids('web')).to.include.members(before.web);
    expect(await uids('agent')).to.deep.equal(before.agent);

    await story().apply(serviceOf('api', 80));
    await story().untilGate('first', { open: 'True/AllPassed', pods: '3/3', ungated: 1 });
    await story().untilPods('web', 3, 'are ready', isReady);
    const through = [...(await story().pods('web')), ...(await story().pods('agent'))];
    expect(lives(through.filter(({ metadata }) => metadata.uid === kept.metadata.uid))).to.deep.equal(
      lives([kept]),
    );
    await story().kubectl(['delete', 'dgate/first', '--timeout=60s']);
    expect(lives([...(await story().pods('web')), ...(await story().pods('agent'))])).to.have.deep.members(
      lives(through),
    );
    for (const kind of ['deployment/web', 'daemonset/agent']) {
      const template = await story().kubectl(['get', kind, '--output=jsonpath={.spec.template}']);
      expect(template).not.to.contain('dgate').and.not.to.contain('dependencygate');
    }
    expect(through.filter(isGated)).to.have.length(3);
  });

  describe('in the end', () => itWentWell(cluster));
});
