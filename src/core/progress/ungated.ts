import { containerOwner } from '../../api/names.ts';
import type { Pod, Workload } from '../model.ts';
import { statusOfTarget } from '../targets.ts';
import type { World } from '../world.ts';
import { isGated } from './pod-progress.ts';

/** Two watches are taken to show the same moment once neither has told anything new of a target for so long. */
export const SETTLED_MS = 3000;

/** The Pods of a target that run without its gate. */
export interface Ungated {
  readonly count: number;
  /** Whether some are there beyond doubt: it is no watch that is behind. */
  readonly isCertain: boolean;
  /** In how many ms the two watches agree on something else than this, if nothing changes; undefined where they do not. */
  readonly settlesIn: number | undefined;
}

const NONE: Ungated = { count: 0, isCertain: true, settlesIn: undefined };

/**
 * Pods without a gate are not watched: they are what the workload's own status counts beyond the Pods that carry it. The
 * two come from two watches, either of which may be behind the other, so the difference is believed only when both have
 * been silent for a while. Until then what was told before holds, within what the workload alone tells: its Pods of a
 * template that has the containers have them, and its Pods of one that never had them have not.
 *
 * @param target as `<Kind>/<name>`
 */
export function ungatedPods(
  world: World,
  workload: Workload | undefined,
  { target, isInPods }: { readonly target: string; readonly isInPods: boolean },
  now: number,
): Ungated {
  if (!workload) return NONE;
  const { gate, pods, countedSince } = world;
  const seen = countGated(gate.name, target, pods);
  const { least, most } = limits(workload, { gate: gate.name, isInPods, seen });
  const within = (count: number) => Math.max(least, Math.min(most, count));
  const difference = within(workload.replicas - seen);
  const unsettledMs = SETTLED_MS - (now - (countedSince.get(target) ?? now));
  if (unsettledMs <= 0) return { count: difference, isCertain: true, settlesIn: undefined };
  const count = within(statusOfTarget(gate, workload)?.ungated ?? difference);
  const isCertain = least > 0 || count === 0;
  const isToSettle = count !== difference || !isCertain;
  return { count, isCertain, settlesIn: isToSettle ? unsettledMs : undefined };
}

/** All that the two watches tell of it: another text whenever one of them tells something new. */
export function countedText(gate: string, target: string, workload: Workload, pods: readonly Pod[]): string {
  const { uid, templateHash, generation, observedGeneration, replicas, updated } = workload;
  const isObserved = observedGeneration >= generation;
  return [uid, templateHash, isObserved, replicas, updated, countGated(gate, target, pods)].join(' ');
}

/** Terminating Pods count: the workload's status may still count one that has just begun to terminate. */
function countGated(gate: string, target: string, pods: readonly Pod[]): number {
  return pods.filter(
    (pod) =>
      pod.target === target &&
      (pod.held || isGated(pod, gate)) &&
      pod.phase !== 'Failed' &&
      pod.phase !== 'Succeeded',
  ).length;
}

/** How many there can be, and how many there must be, by the workload's own account of one moment. */
function limits(
  { replicas, updated, generation, observedGeneration, template }: Workload,
  { gate, isInPods, seen }: { readonly gate: string; readonly isInPods: boolean; readonly seen: number },
): { readonly least: number; readonly most: number } {
  if (isInPods) return { least: 0, most: replicas };
  const current = observedGeneration < generation ? 0 : Math.min(updated, replicas);
  if (template.initContainers.some((name) => containerOwner(name)?.gate === gate))
    return { least: 0, most: replicas - current };
  // Pods of a template without the containers may have them all the same, or be held.
  const isBare = seen === 0 && template.required.length === 0;
  return { least: isBare ? current : 0, most: replicas };
}
