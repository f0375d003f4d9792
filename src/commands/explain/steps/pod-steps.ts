import { count } from '../../../core/count.ts';
import { some } from '../../words.ts';
import { type ExplainWorld, podStates } from '../explain-world.ts';
import { kubectl, type Step, step } from './step.ts';

/** What to do about Pods that no dependency could let go. */
export function podSteps(world: ExplainWorld): Step[] {
  return [...failedSteps(world), ...unscheduledSteps(world)];
}

/** A Pod that is held has no node either, and no scheduler is to blame. */
function unscheduledSteps(world: ExplainWorld): Step[] {
  const pods = podStates(world)
    .map(({ pod }) => pod)
    .filter(({ unscheduled, held, deleting }) => unscheduled !== undefined && !held && !deleting);
  const [first] = pods;
  if (!first) return [];
  return [
    step(
      `${count(pods.length, 'Pod')} ${pods.length === 1 ? 'has' : 'have'} no node: ${some(pods.map(({ name }) => name))}. The scheduler's words stand with the Pods; no dependency is asked before a Pod is scheduled.`,
      kubectl(world, `describe pod ${first.name}`),
    ),
  ];
}

function failedSteps(world: ExplainWorld): Step[] {
  const [first, ...more] = podStates(world).flatMap(({ state, pod }) =>
    state === 'failed' ? [pod.name] : [],
  );
  if (first === undefined) return [];
  return [
    step(
      `${count(1 + more.length, 'Pod')} failed in the gate for good, since the restart policy is Never: ${some([first, ...more])}. A Job with tries left makes another Pod; otherwise fix the cause and create the Job again.`,
      kubectl(world, `describe pod ${first}`),
    ),
  ];
}
