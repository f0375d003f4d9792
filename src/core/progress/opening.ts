import { z } from 'zod';
import { readOpenValue } from '../../api/names.ts';
import type { ContainerStatus, Pod } from '../model.ts';
import type { DependencyPlace } from './dependency-place.ts';

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

/** The annotation by which a dependency is open for the present run of its container; undefined where it is not. */
export function openKeyOf(pod: Pod, { container, keys }: DependencyPlace): string | undefined {
  return keys.find((key) => key in pod.annotations && !isVoid(pod, container, key));
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
export function wayThrough(pod: Pod, place: DependencyPlace): Way {
  const end = endOf(stateOf(pod, place.container), place);
  if (end === 'satisfied' || end === 'overdue') return end;
  const key = openKeyOf(pod, place);
  if (key === undefined) return 'satisfied';
  const opening = readOpenValue(pod.annotations[key] ?? '');
  if (!opening || opening.by === 'spec') return 'by hand';
  return opening.by === 'rollout' ? 'rollout' : 'evaluated';
}

/** Whether a Pod has passed a container without waiting for a dependency, since its template had passed before. */
export function hasSkipped(pod: Pod, place: DependencyPlace): boolean {
  const state = stateOf(pod, place.container);
  const hasPassed = state?.is === 'terminated' && state.exitCode === 0;
  return hasPassed && wayThrough(pod, place) === 'rollout';
}

/** What the waiter leaves of its end: one line of JSON. Of several dependencies it tells how it came past each. */
const endSchema = z.object({
  outcome: z.string(),
  dependencies: z.array(z.looseObject({ name: z.string(), outcome: z.string() })).optional(),
});

/** Of the last words of a container those about one dependency. */
export function wordsAbout(message: string, { isShared, dependency }: DependencyPlace): string {
  if (!isShared) return message;
  const own = readEnd(message)?.dependencies?.find(({ name }) => name === dependency);
  return own === undefined ? message : JSON.stringify(own);
}

function readEnd(message: string): z.infer<typeof endSchema> | undefined {
  try {
    return endSchema.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}

function endOf(state: ContainerStatus['state'] | undefined, place: DependencyPlace): string | undefined {
  if (state?.is !== 'terminated') return undefined;
  const end = readEnd(state.message);
  return place.isShared
    ? end?.dependencies?.find(({ name }) => name === place.dependency)?.outcome
    : end?.outcome;
}

/** What a container is, as the kubelet has last reported it. */
export function stateOf(pod: Pod, container: string): ContainerStatus['state'] | undefined {
  return pod.statuses.find(({ name }) => name === container)?.state;
}
