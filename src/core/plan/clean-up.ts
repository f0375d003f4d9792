import {
  containerOwner,
  FINALIZER,
  isGateName,
  openAnnotation,
  targetAnnotationValue,
  volumeName,
} from '../../api/names.ts';
import type { Render } from '../../api/rendered.ts';
import type { TargetKind } from '../../api/spec.ts';
import { isMadeAnew } from '../admission/placing.ts';
import type { Gate, Pod, Workload } from '../model.ts';
import { isBelowPartition } from '../progress/held.ts';
import { isVoid, mayWait } from '../progress/opening.ts';
import { isPassed } from '../progress/pod-progress.ts';
import { isHeldInVain, lacksRequired, requires } from '../render/hold.ts';
import { carries } from '../render/inject.ts';
import { targetKeys } from '../targets.ts';
import type { PodWrite } from './plan.ts';
import { replacesOldPods } from './replace.ts';

/**
 * How a gate leaves workloads, as far as their Pods go: a gate that is deleted, is gone already, or names other targets
 * now.
 *
 * The Pods that wait are opened first, by annotation, so that they go on with what they are; then the templates are
 * cleaned, by the reconcile of each workload, which sees by {@link gatesToOpen} when its Pods are ready for that; then
 * the Pods that have a user's container before them, which cannot see an annotation, are deleted where nothing else
 * would ever replace them.
 */
export function cleanUp(leaving: Leaving, all: readonly Workload[]): Cleanup {
  const { gate } = leaving;
  const workloads = all.filter(({ deleting }) => !deleting);
  const opened = workloads.flatMap((workload) => openPods(podsOf(leaving, workload), gate));
  const isCarried = workloads.some(({ kind, template }) => kind !== 'Job' && carries(template, gate));
  const isAwaited = workloads.some(
    ({ resumedBy, isReleased, template }) => (resumedBy || isReleased) && lacksRequired(template, gate),
  );
  if (opened.length > 0 || isCarried || isAwaited) return { writes: opened, isDone: false };
  const stuck = workloads.filter((workload) => stuckPods(leaving, workload).length > 0);
  const ready = stuck.filter(({ observedGeneration, generation }) => observedGeneration >= generation);
  const writes = ready.flatMap((workload) => stuckPods(leaving, workload).map(deletePod));
  return { writes, isDone: stuck.length === 0 };
}

/**
 * Whether what stands of a gate in a workload is to be taken out: the one rule for it, by whichever path. What the
 * template's `require` names is spared, since the gate may be still to come, except for the targets that a deleted gate
 * names: whoever may delete it was allowed to change those, and no others.
 *
 * @param gate undefined where there is none of that name
 */
export function isToLeave(
  name: string,
  gate: Gate | undefined,
  { kind, name: of, template }: Workload,
): boolean {
  const isSpared = requires(template, name);
  if (!gate) return !isSpared;
  if (!gate.finalizers.includes(FINALIZER)) return false;
  const isNamed = targetKeys(gate).has(targetAnnotationValue(kind, of));
  if (gate.deleting) return isNamed || !isSpared;
  return gate.spec.valid && !gate.spec.value.suspend && !isNamed && !isSpared;
}

/** The gates in which Pods wait that have yet to be opened: no template is cleaned of them before. */
export function gatesToOpen(pods: readonly Pod[]): Set<string> {
  return new Set(pods.flatMap((pod) => gatesInPod(pod).filter((gate) => closed(pod, gate).length > 0)));
}

/** The gates whose containers a Pod has. */
export function gatesInPod({ containers }: Pod): string[] {
  return [...new Set(containers.flatMap((name) => containerOwner(name)?.gate ?? []))].filter(isGateName);
}

/** A gate that leaves: it is deleted, gone already, or names other targets now. */
export interface Leaving {
  readonly gate: string;
  /** What it last put in; unknown of a gate that is gone. */
  readonly render: Render | undefined;
  /** The kinds of workloads whose Pods it came into at their birth, so that no rollout replaces them. */
  readonly inPodsOf?: (kind: TargetKind) => boolean;
  readonly pods: readonly Pod[];
}

export interface Cleanup {
  readonly writes: readonly PodWrite[];
  /** Nothing of the gate is left, and nothing remains to be waited for. */
  readonly isDone: boolean;
}

/**
 * Opens every container of the gate that a waiting Pod has not passed, for all its runs, since nobody will be there to open
 * the next; a Pod that was opened is left alone.
 */
function openPods(pods: readonly Pod[], gate: string): PodWrite[] {
  return pods.flatMap((pod) => {
    const told = closed(pod, gate);
    if (told.length === 0) return [];
    const annotations = Object.fromEntries(told.map((name) => [openAnnotation(gate, name), '1']));
    return [{ do: 'open-pod' as const, pod, annotations, told, why: 'the gate is being deleted' }];
  });
}

/** The gate's dependencies that a waiting Pod has neither passed nor been opened for. */
function closed(pod: Pod, gate: string): string[] {
  const found = ahead(pod, gate).filter(({ dependency, container }) => {
    const key = openAnnotation(gate, dependency);
    return !(key in pod.annotations) || isVoid(pod, container, key);
  });
  return found.map(({ dependency }) => dependency);
}

/**
 * Waiting Pods that neither an annotation nor Kubernetes will ever move on. What keeps them may be another container
 * now: once the gate is gone, nobody would be there to see them come to the one that cannot be opened.
 */
function stuckPods(leaving: Leaving, workload: Workload): Pod[] {
  const { gate, render, inPodsOf = () => false } = leaving;
  const isInPods = isMadeAnew(workload) && inPodsOf(workload.kind);
  if (!isInPods && !replacesOldPods(workload)) return [];
  const openable = new Set(
    render?.initContainers
      .filter(({ volumeMounts }) => volumeMounts?.some(({ name }) => name === volumeName(gate)))
      .map(({ name }) => name),
  );
  return podsOf(leaving, workload).filter(
    (pod) =>
      (isInPods || !isBelowPartition(pod, workload)) &&
      // It may have passed, for all that is known.
      pod.unreadable === undefined &&
      (isHeldInVain(pod, workload, gate) ||
        ahead(pod, gate).some(({ container }) => !openable.has(container))),
  );
}

function deletePod(pod: Pod): PodWrite {
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
