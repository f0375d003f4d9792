import type { Render } from '../../api/rendered.ts';
import type { TargetKind } from '../../api/spec.ts';
import type { PassedTemplate, TargetStatus } from '../../api/status.ts';
import type { Gate, Pod, Workload } from '../model.ts';
import { statusOfTarget } from '../targets.ts';
import type { World } from '../world.ts';
import { passedTemplates } from './passed-template.ts';

/** A target, and what is known of it. */
export interface PassingTarget {
  readonly kind: TargetKind;
  readonly name: string;
  readonly workload: Workload | undefined;
  /** Whether its template carries the render. */
  readonly isCurrent: boolean;
  /** All of its Pods, also those that have ended. */
  readonly pods: readonly Pod[];
}

/**
 * The UID of the workload of which a Pod has passed the gate with this very render: as it is seen now, or as the status tells,
 * since Pods go when they are done or their workload is scaled down. It is forgotten with the render, and when the workload is
 * made anew; of one that is gone it is kept.
 */
export function passedBy(
  { gate, comparisons }: World,
  target: PassingTarget,
  render: Render | undefined,
): string | undefined {
  const { workload } = target;
  if (render === undefined) return undefined;
  if (workload && isSeenToPass(workload, target, render, { gate: gate.name, comparisons }))
    return workload.uid;
  return remembered(gate, target, render)?.passed;
}

/** Of its templates those that have passed, as they are seen now, or as the status tells, for as long as that holds. */
export function templatesPassed(
  { gate, comparisons }: World,
  target: PassingTarget,
  render: Render | undefined,
): PassedTemplate[] {
  const { workload, pods } = target;
  if (render === undefined) return [];
  const before = remembered(gate, target, render)?.passedTemplates ?? [];
  if (workload === undefined) return before;
  const carries = comparisons.carriesRender(gate.name, render);
  const present = pods.filter((pod) => pod.createdAt >= workload.createdAt && carries(pod));
  return passedTemplates(before, present, gate.name);
}

/** What the status tells of a target, where that is of this render and of this very workload, or that one is gone. */
function remembered(gate: Gate, target: PassingTarget, render: Render): TargetStatus | undefined {
  if (gate.status.render?.hash !== render.hash) return undefined;
  const told = statusOfTarget(gate, target);
  const { workload } = target;
  return workload === undefined || workload.uid === told?.passed ? told : undefined;
}

/**
 * A Job completes by Pods that end well behind the gate, also where nobody has seen them. Pods that are older than their
 * workload are those of one that had its name before.
 */
function isSeenToPass(
  workload: Workload,
  { isCurrent, pods }: PassingTarget,
  render: Render,
  { gate, comparisons }: { readonly gate: string; readonly comparisons: World['comparisons'] },
): boolean {
  if (isCurrent && workload.rest?.is === 'completed') return true;
  const carries = comparisons.carriesRender(gate, render);
  return pods.some(
    (pod) =>
      !pod.deleting &&
      pod.createdAt >= workload.createdAt &&
      carries(pod) &&
      comparisons.podProgress(pod, gate).state === 'open',
  );
}

/** A Job that is gone since a Pod of it passed: Jobs are deleted when they have done what they were for. */
export function hasPassedAndGone(
  target: Pick<PassingTarget, 'kind' | 'workload'> & { readonly passed: string | undefined },
): boolean {
  return target.kind === 'Job' && target.workload === undefined && target.passed !== undefined;
}
