import type { Pod, ReplicaSetReference, Workload, WorkloadWorld } from '../model.ts';
import { isOutdated } from '../render/hold.ts';
import { soonest } from '../soonest.ts';
import type { ScaleDown } from './plan.ts';

/** A ReplicaSet that still has its held Pods after this time is looked at once more. */
export const SCALE_DOWN_AGAIN_MS = 5000;

export interface ScaleDowns {
  readonly writes: readonly ScaleDown[];
  /** When a ReplicaSet is to be looked at again, ms from now. */
  readonly next: number | undefined;
}

/**
 * Held Pods of a Deployment's older ReplicaSets use up what its rollout may have too many of and too few: they count as
 * Pods that are not available, so only some of the new ones would be made until these are, and with a quota none. So such
 * a ReplicaSet is scaled to zero; the Deployment's controller never scales an old one up again, and its revision stays for
 * `rollout undo`.
 *
 * Never while the Deployment is paused, since a rollout that somebody stopped would go on; with `Recreate` there is nothing
 * to do, as old Pods go first.
 */
export function scaleDowns({ workload, pods, scaledDown }: WorkloadWorld, now: number): ScaleDowns {
  if (!isRolling(workload)) return { writes: [], next: undefined };
  const found = heldThroughout(workload, pods).map((replicaSet) => {
    const last = scaledDown.get(replicaSet.uid);
    const due = last === undefined ? 0 : Math.max(0, last + SCALE_DOWN_AGAIN_MS - now);
    return { replicaSet, due };
  });
  return {
    writes: found
      .filter(({ due }) => due === 0)
      .map(({ replicaSet }) => ({ do: 'scale-down', workload, replicaSet })),
    next: soonest(found.map(({ due }) => (due > 0 ? due : undefined))),
  };
}

/** Its controller has seen the template, and so made its ReplicaSet. */
function isRolling({ kind, updates, paused, observedGeneration, generation }: Workload): boolean {
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
