import { containerOwner, gateAnnotation } from '../../api/names.ts';
import type { Pod, Render, Workload } from '../model.ts';
import { isBelowPartition } from '../progress/held.ts';
import { carriesRender, isPassed } from '../progress/pod-progress.ts';
import { isHeldInVain } from '../render/hold.ts';
import type { PodWrite } from './plan.ts';

/**
 * Old Pods that Kubernetes itself never replaces: a StatefulSet does not go past a Pod that is not ready, and a workload
 * with the update strategy OnDelete replaces nothing. Where such a Pod never got past a gate it would wait for ever with
 * the old containers, so the operator deletes it. (Deployments and DaemonSets roll by themselves.)
 */
export function replacesOldPods({ kind, updates }: Workload): boolean {
  return kind === 'StatefulSet' || updates === 'OnDelete';
}

/** Deletes the older Pods of a workload that wait in this gate, once the workload's controller has seen its template. */
export function replaceOldPods(
  workload: Workload,
  pods: readonly Pod[],
  gate: string,
  render: Render,
): PodWrite[] {
  if (!replacesOldPods(workload) || workload.observedGeneration < workload.generation) return [];
  return pods
    .filter(
      (pod) =>
        isOld(pod, workload, gate, render) &&
        (waitsIn(pod, gate) || isHeldInVain(pod, workload, gate)) &&
        !isBelowPartition(pod, workload),
    )
    .map((pod) => ({
      do: 'delete-pod',
      pod,
      why: 'it waits with an older template, and is not replaced otherwise',
    }));
}

/** Whether the first gate container that a Pod has not passed is one of this gate's. A Pod that is through is never touched. */
export function waitsIn(pod: Pod, gate: string): boolean {
  if (pod.deleting || pod.phase !== 'Pending') return false;
  const turn = pod.containers.find((name) => containerOwner(name) !== undefined && !isPassed(pod, name));
  return turn !== undefined && containerOwner(turn)?.gate === gate;
}

function isOld(pod: Pod, workload: Workload, gate: string, render: Render): boolean {
  const { updateRevision } = workload;
  if (updateRevision !== undefined && pod.revision !== undefined) return pod.revision !== updateRevision;
  if (pod.annotations[gateAnnotation(gate)] !== render.hash) return true;
  return isOlderThanTemplate(pod, workload) && !carriesRender(gate, render)(pod);
}

/** What injectors make of a Pod they would make of the next one too: that one is as it should be. */
function isOlderThanTemplate({ createdAt }: Pod, { otherWroteAt, operatorWroteAt }: Workload): boolean {
  return createdAt <= otherWroteAt || createdAt <= operatorWroteAt;
}
