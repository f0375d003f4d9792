import { expect } from 'chai';
import { openAnnotation } from '../../src/api/names.ts';
import type { Dependency } from '../../src/api/spec.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { isReady, isRunning, type PodView } from '../scenarios/views.ts';
import { eventually } from './eventually.ts';
import { IDLE, running, serviceOf } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, useOperator } from './story-operator.ts';
import { openBySpec } from './story-waiting.ts';

/** A Pod's sandbox ends with a reboot of its node, and all its containers are started again: the waiting ones too. */
describe('a Pod whose sandbox is made again, on a real node', function () {
  this.timeout(300_000);
  const cluster = useOperator();
  const story = useStory(cluster);

  /** The app's Pod, which waits for the dependency. */
  async function waiting(dependency: Dependency): Promise<PodView> {
    await story().apply(gate('first', ['app'], [dependency]));
    await story().untilGate('first', { ready: 'True/InForce' });
    await story().apply(deployment('app', running(IDLE)));
    return story().untilWaiting('app', `dgate-first--${dependency.name}`);
  }

  const isOpen = () => story().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });

  async function untilReady({ metadata }: PodView): Promise<PodView> {
    const ready = await story().untilPod('app', 'is ready', isReady);
    expect(ready.metadata.uid).to.equal(metadata.uid);
    return ready;
  }

  /** Ends it, and answers once the Pod is in another, in which it waits again. */
  async function untilItWaitsAgain({ metadata }: PodView, waiter: string): Promise<PodView> {
    await cluster().endSandbox(metadata.uid);
    const again = await story().untilPod('app', 'waits again', (pod) => isRunning(pod, waiter));
    expect(again.metadata.uid).to.equal(metadata.uid);
    await story().untilLog(again, waiter, /^waiting for /);
    return again;
  }

  /** When the app's present run began; empty where it does not run. */
  function started({ metadata }: PodView): Promise<string> {
    const path = '--output=jsonpath={.status.containerStatuses[0].state.running.startedAt}';
    return story().kubectl(['get', 'pod', metadata.name, path]);
  }

  it('waits again for what has gone meanwhile, and is opened again when it is back', async () => {
    const pod = await waiting({ name: 'db', service: { name: 'db' } });
    const db = deployment('db', running(IDLE));
    await story().apply(serviceOf('db', 5432), db);
    await isOpen();
    await untilReady(pod);
    await story().kubectl(['delete', 'deployment/db']);
    await story().untilGate('first', { satisfied: '' });
    const again = await untilItWaitsAgain(pod, 'dgate-first--db');
    expect(again.metadata.annotations).to.have.property(openAnnotation('first', 'db'));
    await story().untilGate('first', { open: 'False/Waiting', waitingOn: 'db', pods: '0/1' });
    await story().apply(db);
    await isOpen();
    await untilReady(pod);
  });

  it('waits again for what spec.open opened once, and opens no more', async () => {
    const pod = await waiting(dns('nowhere'));
    await openBySpec(story());
    await isOpen();
    await untilReady(pod);
    await story().kubectl(['patch', 'dgate/first', '--type=merge', '--patch', '{"spec":{"open":null}}']);
    await untilItWaitsAgain(pod, 'dgate-first--nowhere');
    await openBySpec(story());
    await isOpen();
    await untilReady(pod);
  });

  it('goes on by what a person wrote, which counts for every run', async () => {
    const pod = await waiting(dns('nowhere'));
    await story().kubectl(['annotate', 'pod', pod.metadata.name, `${openAnnotation('first', 'nowhere')}=1`]);
    await untilReady(pod);
    const before = await started(pod);
    await cluster().endSandbox(pod.metadata.uid);
    await eventually('the app runs again', 120_000, async () => ![before, ''].includes(await started(pod)));
    await untilReady(pod);
  });

  describe('in the end', () => itWentWell(cluster));
});
