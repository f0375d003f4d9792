import type { Pod, ReplicaSetReference, Workload } from '../model.ts';
import { isOutdated } from '../render/hold.ts';
import { gatesIn } from '../render/inject.ts';
import { soonest } from '../soonest.ts';
import type { WorkloadWorld } from '../world.ts';
import type { ScaleDown, ScaleDownEmpty } from './plan.ts';

/** A ReplicaSet that still has its held Pods after this time is looked at once more. */
export const SCALE_DOWN_AGAIN_MS = 5000;

export interface ScaleDowns {
  readonly writes: readonly (ScaleDown | ScaleDownEmpty)[];
  /** When a ReplicaSet is to be looked at again, ms from now. */
  readonly next: number | undefined;
}

/**
 * Held Pods of a Deployment's older ReplicaSets use up what its rollout may have too many of and too few: they count as
 * Pods that are not available, so only some of the new ones would be made until these are, and with a quota none. So such
 * a ReplicaSet is scaled to zero; the Deployment's controller never scales an old one up again, and its revision stays for
 * `rollout undo`.
 *
 * So do Pods that are refused: an older ReplicaSet that has none is scaled to zero too. Which these are nobody tells but
 * the API server, and it is asked only where the Deployment says that it lacks Pods.
 *
 * Never while the Deployment is paused, since a rollout that somebody stopped would go on; with `Recreate` there is nothing
 * to do, as old Pods go first.
 */
export function scaleDowns({ workload, pods, scaledDown }: WorkloadWorld, now: number): ScaleDowns {
  if (!isRolling(workload)) return { writes: [], next: undefined };
  const found = heldThroughout(workload, pods).map((replicaSet) => {
    return { replicaSet, due: dueIn(scaledDown.get(replicaSet.uid), now) };
  });
  const empty = emptyIn(workload) ? [dueIn(scaledDown.get(workload.uid), now)] : [];
  return {
    writes: [
      ...found
        .filter(({ due }) => due === 0)
        .map(({ replicaSet }) => ({ do: 'scale-down' as const, workload, replicaSet })),
      ...empty.filter((due) => due === 0).map(() => ({ do: 'scale-down-empty' as const, workload })),
    ],
    next: soonest([...found.map(({ due }) => due), ...empty].map((due) => (due > 0 ? due : undefined))),
  };
}

/** When a ReplicaSet that was looked at may be looked at once more, ms from now. */
function dueIn(last: number | undefined, now: number): number {
  return last === undefined ? 0 : Math.max(0, last + SCALE_DOWN_AGAIN_MS - now);
}

/** Whether a ReplicaSet of an older template, without the gates, may be without Pods. */
function emptyIn({ lacksPods, selector, template }: Workload): boolean {
  return lacksPods && selector !== '' && gatesIn(template).size > 0;
}

/** Its controller has seen the template, and so made its ReplicaSet. */
function isRolling(workload: Workload): boolean {
  const { kind, updates, paused, observedGeneration, generation, unreadable } = workload;
  if (unreadable !== undefined) return false;
  return kind === 'Deployment' && updates === 'Rolling' && !paused && observedGeneration >= generation;
}

/** The ReplicaSets of older templates of which all Pods are held. */
function heldThroughout(workload: Workload, pods: readonly Pod[]): ReplicaSetReference[] {
  const found = new Map<string, ReplicaSetReference>();
  for (const pod of pods)
    if (pod.replicaSet && isOutdated(pod, workload)) found.set(pod.replicaSet.uid, pod.replicaSet);
  for (const { held, replicaSet } of pods) if (!held && replicaSet) found.delete(replicaSet.uid);
  return [...found.values()];
}
