import { containerOwner, openAnnotation, targetAnnotationValue, VOLUME_NAME } from '../../api/names.ts';
import type { Render } from '../../api/status.ts';
import type { Pod, Repair, Workload, Write } from '../model.ts';
import { removalPause } from '../progress/dispute.ts';
import { isVoid, mayWait } from '../progress/opening.ts';
import { isPassed } from '../progress/pod-progress.ts';
import { isHeldInVain } from '../render/hold.ts';
import { carries, removePatch } from '../render/inject.ts';
import { patchOfTemplate } from '../render/template.ts';
import { soonest } from '../soonest.ts';
import { isBelowPartition, replacesOldPods } from './replace.ts';

/**
 * How a gate leaves workloads: those of a deleted gate, or those that its spec no longer names.
 *
 * The Pods that wait are opened first, by annotation, so that they go on with what they are; then the templates are
 * cleaned; then the Pods that have a user's container before them, which cannot see an annotation, are deleted where
 * nothing else would ever replace them.
 */
export function withdraw(leaving: Leaving, all: readonly Workload[]): Withdrawal {
  const { gate } = leaving;
  const workloads = all.filter(({ deleting }) => !deleting);
  const opened = workloads.flatMap((workload) => openPods(podsOf(leaving, workload), gate));
  const carriers = workloads.filter(({ kind, template }) => kind !== 'Job' && carries(template, gate));
  const pauses = new Map(carriers.map((workload) => [workload, pauseOf(leaving, workload)]));
  const due = carriers.filter((workload) => pauses.get(workload) === undefined);
  const first = [...opened, ...due.map((workload) => clean(leaving, workload))];
  if (opened.length > 0 || carriers.length > 0)
    return { writes: first, isDone: false, next: soonest([...pauses.values()]) };
  const stuck = workloads.filter((workload) => stuckPods(leaving, workload).length > 0);
  const ready = stuck.filter(({ observedGeneration, generation }) => observedGeneration >= generation);
  const writes = ready.flatMap((workload) => stuckPods(leaving, workload).map(deletePod));
  return { writes, isDone: stuck.length === 0, next: undefined };
}

/** A gate that leaves: it is deleted, gone already, or names other targets now. */
export interface Leaving {
  readonly gate: string;
  /** What it last put in; unknown of a gate that is gone. */
  readonly render: Render | undefined;
  readonly pods: readonly Pod[];
  /** Removals of late: where somebody keeps undoing them the next one is put off. */
  readonly repairs: readonly Repair[];
  /** What they are remembered by. */
  readonly mark: string;
  readonly now: number;
}

export interface Withdrawal {
  readonly writes: readonly Write[];
  /** Nothing of the gate is left, and nothing remains to be waited for. */
  readonly isDone: boolean;
  /** When a removal that was put off is due, ms from now. */
  readonly next: number | undefined;
}

function clean({ gate, mark }: Leaving, workload: Workload): Write {
  const patch = patchOfTemplate(workload, removePatch(workload.template, gate));
  return { do: 'clean-target', workload, patch, mark };
}

/** How long a workload is left as it is, ms. */
function pauseOf({ repairs, mark, now }: Leaving, workload: Workload): number | undefined {
  const until = removalPause(repairs, workload, mark, now);
  return until === undefined ? undefined : until - now;
}

/**
 * Opens every container of the gate that a waiting Pod has not passed, for all its runs, since nobody will be there to open
 * the next; a Pod that was opened is left alone.
 */
function openPods(pods: readonly Pod[], gate: string): Write[] {
  return pods.flatMap((pod) => {
    const closed = ahead(pod, gate).filter(({ dependency, container }) => {
      const key = openAnnotation(gate, dependency);
      return !(key in pod.annotations) || isVoid(pod, container, key);
    });
    if (closed.length === 0) return [];
    const told = closed.map(({ dependency }) => dependency);
    const annotations = Object.fromEntries(told.map((name) => [openAnnotation(gate, name), '1']));
    return [{ do: 'open-pod' as const, pod, annotations, told, why: 'the gate goes' }];
  });
}

/**
 * Waiting Pods that neither an annotation nor Kubernetes will ever move on. What keeps them may be another container
 * now: once the gate is gone, nobody would be there to see them come to the one that cannot be opened.
 */
function stuckPods(leaving: Leaving, workload: Workload): Pod[] {
  if (!replacesOldPods(workload)) return [];
  const { gate, render } = leaving;
  const openable = new Set(
    render?.initContainers
      .filter(({ volumeMounts }) => volumeMounts?.some(({ name }) => name === VOLUME_NAME))
      .map(({ name }) => name),
  );
  return podsOf(leaving, workload).filter(
    (pod) =>
      !isBelowPartition(pod, workload) &&
      (isHeldInVain(pod, workload, gate) ||
        ahead(pod, gate).some(({ container }) => !openable.has(container))),
  );
}

function deletePod(pod: Pod): Write {
  return { do: 'delete-pod', pod, why: 'it waits in a container of a gate that is gone' };
}

/** The gate's containers that a waiting Pod has not passed. */
function ahead(pod: Pod, gate: string): { readonly container: string; readonly dependency: string }[] {
  if (!mayWait(pod)) return [];
  return pod.containers.flatMap((container) => {
    const owner = containerOwner(container);
    if (owner?.gate !== gate || isPassed(pod, container)) return [];
    return [{ container, dependency: owner.dependency }];
  });
}

function podsOf({ pods }: Leaving, { kind, name }: Workload): Pod[] {
  const target = targetAnnotationValue(kind, name);
  return pods.filter((pod) => pod.target === target);
}
