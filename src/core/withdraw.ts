import { containerOwner, openAnnotation, targetAnnotationValue } from '../api/names.ts';
import { carries, removePatch } from './inject.ts';
import type { Pod, Workload, World, Write } from './model.ts';
import { firstUnpassed } from './pod-progress.ts';
import { replacesOldPods, waitsIn } from './replace.ts';

/**
 * How a gate leaves workloads: those of a deleted gate, or those that its spec no longer names.
 *
 * The Pods that wait are opened first, by annotation, so that they go on with what they are; then the templates are
 * cleaned; then the Pods that still wait in a user's container, which cannot see an annotation, are deleted where
 * nothing else would ever replace them.
 */
export function withdraw(world: World, workloads: readonly Workload[]): Withdrawal {
  const gate = world.gate.name;
  const carriers = workloads.filter(({ template, deleting }) => !deleting && carries(template, gate));
  if (carriers.length > 0) {
    const opened = carriers.flatMap((workload) => openPods(podsOf(world, workload), gate));
    return { writes: [...opened, ...carriers.map((workload) => clean(workload, gate))], isDone: false };
  }
  const stuck = workloads.filter((workload) => stuckPods(world, workload).length > 0);
  const ready = stuck.filter(({ observedGeneration, generation }) => observedGeneration >= generation);
  const writes = ready.flatMap((workload) => stuckPods(world, workload).map(deletePod));
  return { writes, isDone: stuck.length === 0 };
}

export interface Withdrawal {
  readonly writes: readonly Write[];
  /** Nothing of the gate is left, and nothing remains to be waited for. */
  readonly isDone: boolean;
}

function clean(workload: Workload, gate: string): Write {
  const template = removePatch(workload.template, gate);
  const patch = { metadata: { resourceVersion: workload.resourceVersion }, spec: { template } };
  return { do: 'clean-target', workload, patch };
}

/** Opens every container of the gate that a waiting Pod has not passed; a Pod that was opened is left alone. */
function openPods(pods: readonly Pod[], gate: string): Write[] {
  return pods.flatMap((pod) => {
    const closed = pod.containers
      .flatMap((name) => containerOwner(name) ?? [])
      .filter((owner) => owner.gate === gate && !(openAnnotation(gate, owner.dependency) in pod.annotations));
    if (closed.length === 0 || pod.deleting || firstUnpassed(pod) === undefined) return [];
    const annotations = Object.fromEntries(
      closed.map(({ dependency }) => [openAnnotation(gate, dependency), '1']),
    );
    return [{ do: 'open-pod' as const, pod, annotations }];
  });
}

/** Waiting Pods that neither an annotation nor Kubernetes will ever move on. */
function stuckPods(world: World, workload: Workload): Pod[] {
  if (workload.deleting || !replacesOldPods(workload)) return [];
  return podsOf(world, workload).filter(
    (pod) => waitsIn(pod, world.gate.name) && waitsInUserContainer(pod, world),
  );
}

function deletePod(pod: Pod): Write {
  return { do: 'delete-pod', pod, why: 'it waits in a container of a gate that is gone' };
}

function waitsInUserContainer(pod: Pod, { gate }: World): boolean {
  const turn = firstUnpassed(pod);
  const dependency = turn === undefined ? undefined : containerOwner(turn)?.dependency;
  return (
    gate.spec.valid &&
    gate.spec.value.dependencies.some(({ name, container }) => name === dependency && container !== undefined)
  );
}

function podsOf(world: World, { kind, name }: Workload): Pod[] {
  const target = targetAnnotationValue(kind, name);
  return world.pods.filter((pod) => pod.target === target);
}
