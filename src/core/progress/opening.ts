import { z } from 'zod';
import { readOpenValue } from '../../api/names.ts';
import type { ContainerStatus, Pod } from '../model.ts';

/** When the present run of a container started, as the kubelet says; undefined where it does not run. */
export function runningSince(pod: Pod, container: string): string | undefined {
  const state = stateOf(pod, container);
  return state?.is === 'running' && state.startedAt !== '' ? state.startedAt : undefined;
}

/**
 * Whether an opening that stands in a Pod's annotations is void: the operator wrote it for an earlier run of the container.
 * Of one that has passed it is the run that passed.
 */
export function isVoid(pod: Pod, container: string, key: string): boolean {
  const opening = readOpenValue(pod.annotations[key] ?? '');
  if (opening === undefined || stateOf(pod, container)?.is === 'terminated') return false;
  return opening.startedAt !== runningSince(pod, container);
}

/** Whether a Pod may still wait in a gate's container: also one that ran, since its sandbox may have been made again. */
export function mayWait({ deleting, phase }: Pod): boolean {
  return !deleting && phase !== 'Succeeded' && phase !== 'Failed';
}

/**
 * How a Pod came past a container that it has passed.
 *
 * - `satisfied`: its own check succeeded. `overdue`: it opened itself. `evaluated`: the operator saw that it is there.
 * - `by hand`: a person opened it, by an annotation or by `spec.open`. `rollout`: its template had passed before.
 */
export type Way = 'satisfied' | 'overdue' | 'evaluated' | 'by hand' | 'rollout';

/** By what the waiter left of its end, and where that tells nothing, by what opened it. */
export function wayThrough(pod: Pod, container: string, key: string): Way {
  const end = endOf(stateOf(pod, container));
  if (end === 'satisfied' || end === 'overdue') return end;
  const value = pod.annotations[key];
  if (value === undefined) return 'satisfied';
  const opening = readOpenValue(value);
  if (!opening || opening.by === 'spec') return 'by hand';
  return opening.by === 'rollout' ? 'rollout' : 'evaluated';
}

/** Whether a Pod has passed a container without waiting for its dependency, since its template had passed before. */
export function hasSkipped(pod: Pod, container: string, key: string): boolean {
  const state = stateOf(pod, container);
  const hasPassed = state?.is === 'terminated' && state.exitCode === 0;
  return hasPassed && wayThrough(pod, container, key) === 'rollout';
}

/** What the waiter leaves of its end: one line of JSON. */
const endSchema = z.object({ outcome: z.string() });

function endOf(state: ContainerStatus['state'] | undefined): string | undefined {
  if (state?.is !== 'terminated') return undefined;
  try {
    return endSchema.safeParse(JSON.parse(state.message)).data?.outcome;
  } catch {
    return undefined;
  }
}

/** What a container is, as the kubelet has last reported it. */
export function stateOf(pod: Pod, container: string): ContainerStatus['state'] | undefined {
  return pod.statuses.find(({ name }) => name === container)?.state;
}
