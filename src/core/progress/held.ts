import type { TargetReason } from '../../api/reasons.ts';
import type { Pod, Workload } from '../model.ts';
import { gatesLacking } from '../render/hold.ts';

/** What keeps held Pods from being replaced. */
export interface Hold {
  readonly reason: Extract<TargetReason, 'HeldWithoutGates' | 'HeldWhilePaused' | 'HeldBelowPartition'>;
  /** For people, what is held first. */
  readonly message: string;
}

/**
 * Why Pods of a workload are held, and stay so; undefined where others take their place by themselves. Those are older
 * Pods, then, which never started: they count for nothing.
 *
 * @param held its Pods that are held
 * @param hasNew whether it has made Pods of its present template
 */
export function holdOf(
  workload: Workload | undefined,
  held: readonly Pod[],
  hasNew: boolean,
): Hold | undefined {
  if (!workload || held.length === 0) return undefined;
  const what = `${workload.kind} ${workload.name}`;
  const lacking = [...new Set(held.flatMap((pod) => gatesLacking(pod, workload.template)))];
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
