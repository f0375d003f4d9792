import type { TargetReason } from '../../api/reasons.ts';
import { isOlder } from '../admission/placing.ts';
import type { Pod, Workload } from '../model.ts';
import { gatesLacking, isHeldFor } from '../render/hold.ts';

/** What keeps held Pods from being replaced. */
export interface Hold {
  readonly reason: Extract<TargetReason, 'HeldWithoutGates' | 'HeldWhilePaused' | 'HeldBelowPartition'>;
  /** For people, what is held first. */
  readonly message: string;
}

/** How others take their place. */
export interface Replaced {
  /** Whether the workload has made Pods of its present template. */
  readonly hasNew: boolean;
  /** The gate that is looked at, */
  readonly gate?: string;
  /** where it is placed into Pods, from when on each Pod gets it: those that were held for it before are replaced. */
  readonly since?: number | undefined;
}

/**
 * Why Pods of a workload are held, and stay so; undefined where others take their place by themselves. Those are older
 * Pods, then, which never started: they count for nothing.
 *
 * @param held its Pods that are held
 */
export function holdOf(
  workload: Workload | undefined,
  held: readonly Pod[],
  { hasNew, gate, since }: Replaced,
): Hold | undefined {
  if (!workload || held.length === 0) return undefined;
  const what = `${workload.kind} ${workload.name}`;
  const missed = since === undefined ? [] : held.filter((pod) => !isOlder(pod, since));
  if (gate !== undefined && missed.some((pod) => isHeldFor(pod, gate)))
    return {
      reason: 'HeldWithoutGates',
      message: `Pods of ${what} are held: they were created without gate ${gate} although it is in force, so its admission policy does not act`,
    };
  const lacking = [...new Set(held.flatMap((pod) => gatesLacking(pod, workload.template)))].filter(
    (name) => since === undefined || name !== gate,
  );
  if (lacking.length > 0) {
    const gates = `${lacking.length === 1 ? 'gate' : 'gates'} ${lacking.join(', ')}`;
    return {
      reason: 'HeldWithoutGates',
      message: `Pods of ${what} are held until its Pod template carries ${gates}`,
    };
  }
  if (workload.paused && !hasNew)
    return {
      reason: 'HeldWhilePaused',
      message: `${what} is paused, and its Pods are held: it makes others, with the gate, when it is resumed`,
    };
  return held.some((pod) => isBelowPartition(pod, workload))
    ? {
        reason: 'HeldBelowPartition',
        message: `Pods of ${what} below its partition are held: others, with the gate, are made when it is lowered`,
      }
    : undefined;
}

/** Pods of a StatefulSet below `partition` keep the old template on purpose: deleted, they come back with it. */
export function isBelowPartition(pod: Pod, { kind, partition }: Workload): boolean {
  return kind === 'StatefulSet' && Number(pod.name.slice(pod.name.lastIndexOf('-') + 1)) < partition;
}
