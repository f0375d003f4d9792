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

function stateOf(pod: Pod, container: string): ContainerStatus['state'] | undefined {
  return pod.statuses.find(({ name }) => name === container)?.state;
}
