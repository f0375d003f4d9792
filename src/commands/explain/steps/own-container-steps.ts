import { count } from '../../../core/count.ts';
import { some } from '../../words.ts';
import { type ExplainWorld, podStates } from '../explain-world.ts';
import type { StuckContainer } from '../pod-details.ts';
import { kubectl, type Step, step } from './step.ts';

/** What keeps Pods that are through the gate, so that nobody looks for it in the gate. */
export function ownContainerSteps(world: ExplainWorld): Step[] {
  const found = new Map<string, { readonly one: StuckContainer; readonly pods: string[] }>();
  for (const { pod, state } of podStates(world)) {
    if (state !== 'open' || pod.deleting) continue;
    for (const one of world.facts.get(pod.name)?.stuck ?? []) {
      const key = `${one.name} ${one.reason}`;
      const known = found.get(key) ?? { one, pods: [] };
      known.pods.push(pod.name);
      found.set(key, known);
    }
  }
  return [...found.values()].map(({ one, pods }) => stepOf(world, one, pods));
}

function stepOf(
  world: ExplainWorld,
  { name, isInit, reason, message, hasRun }: StuckContainer,
  pods: readonly string[],
): Step {
  const [pod = ''] = pods;
  const what = isInit ? `init container ${name}` : `container ${name}`;
  const of = pods.length === 1 ? `Pod ${pod}` : `${count(pods.length, 'Pod')} (${some(pods)})`;
  const why = message === '' ? reason : `${reason}, ${message}`;
  const command = hasRun
    ? `logs ${pod} -c ${name}${reason === 'CrashLoopBackOff' ? ' --previous' : ''}`
    : `describe pod ${pod}`;
  return step(
    `The gate has let ${of} through, and ${pods.length === 1 ? 'its' : 'their'} own ${what} does not run: ${why}. The gate has nothing to do with that.`,
    kubectl(world, command),
  );
}

/** What keeps Pods from coming to the gate at all: it stands behind init containers of their own. */
export function behindSteps(world: ExplainWorld): Step[] {
  const [first] = podStates(world).filter(({ behind, isCurrent }) => behind !== undefined && isCurrent);
  if (!first) return [];
  return [
    step(
      `Pod ${first.pod.name} has not come to the gate: it is at its own ${first.behind}. The gate's containers stand behind that one, and start once it has; see why it has not.`,
      kubectl(world, `describe pod ${first.pod.name}`),
    ),
  ];
}
