import { containerOwner, openAnnotation, targetAnnotationValue, VOLUME_NAME } from '../api/names.ts';
import type { Render } from '../api/status.ts';
import { isHeldInVain } from './hold.ts';
import { carries, removePatch } from './inject.ts';
import type { Pod, Workload, Write } from './model.ts';
import { isPassed } from './pod-progress.ts';
import { isBelowPartition, replacesOldPods } from './replace.ts';
import { patchOfTemplate } from './template.ts';

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
  const first = [...opened, ...carriers.map((workload) => clean(workload, gate))];
  if (first.length > 0) return { writes: first, isDone: false };
  const stuck = workloads.filter((workload) => stuckPods(leaving, workload).length > 0);
  const ready = stuck.filter(({ observedGeneration, generation }) => observedGeneration >= generation);
  const writes = ready.flatMap((workload) => stuckPods(leaving, workload).map(deletePod));
  return { writes, isDone: stuck.length === 0 };
}

/** A gate that leaves: it is deleted, gone already, or names other targets now. */
export interface Leaving {
  readonly gate: string;
  /** What it last put in; unknown of a gate that is gone. */
  readonly render: Render | undefined;
  readonly pods: readonly Pod[];
}

export interface Withdrawal {
  readonly writes: readonly Write[];
  /** Nothing of the gate is left, and nothing remains to be waited for. */
  readonly isDone: boolean;
}

function clean(workload: Workload, gate: string): Write {
  const patch = patchOfTemplate(workload, removePatch(workload.template, gate));
  return { do: 'clean-target', workload, patch };
}

/** Opens every container of the gate that a waiting Pod has not passed; a Pod that was opened is left alone. */
function openPods(pods: readonly Pod[], gate: string): Write[] {
  return pods.flatMap((pod) => {
    const closed = ahead(pod, gate).filter(
      ({ dependency }) => !(openAnnotation(gate, dependency) in pod.annotations),
    );
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
  if (pod.deleting || pod.phase !== 'Pending') return [];
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
