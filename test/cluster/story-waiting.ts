import type { Dependency } from '../../src/api/spec.ts';
import { deployment, gate } from '../scenarios/manifests.ts';
import { isRunning, type PodView } from '../scenarios/views.ts';
import { IDLE, running } from './story-apps.ts';
import type { Story } from './story-namespace.ts';

/** Makes the gate `first` and so many Pods of the Deployment `app`, and answers once all of them wait for the dependency. */
export async function untilAllWait(
  story: Story,
  dependency: Dependency,
  replicas: number,
): Promise<readonly PodView[]> {
  const waiter = `dgate-first--${dependency.name}`;
  await story.apply(gate('first', ['app'], [dependency]));
  await story.untilGate('first', { ready: 'True/InForce' });
  await story.apply(deployment('app', { ...running(IDLE), replicas }));
  const pods = await story.untilPods('app', replicas, `run ${waiter}`, (pod) => isRunning(pod, waiter));
  for (const pod of pods) await story.untilLog(pod, waiter, /^waiting for /m);
  return pods;
}

/** Opens the gate `first` in the way of Git: in its spec. */
export async function openBySpec(story: Story): Promise<void> {
  const patch = ['--type=merge', '--patch', JSON.stringify({ spec: { open: ['*'] } })];
  await story.kubectl(['patch', 'dependencygate', 'first', ...patch]);
}
