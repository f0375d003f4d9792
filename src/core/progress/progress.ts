import { targetAnnotationValue } from '../../api/names.ts';
import { targetKind } from '../../api/settled.ts';
import type { GateSpec, Target, TargetKind } from '../../api/spec.ts';
import type { PodCounts, Render, TargetStatus } from '../../api/status.ts';
import { cut } from '../cut.ts';
import type { Drift, Pod, Refusal, Workload, World } from '../model.ts';
import { isHeldFor, lacksRequired } from '../render/hold.ts';
import { drift, type Obstacle, obstacle } from '../render/inject.ts';
import { type Dispute, dispute } from './dispute.ts';
import { carriesRender, isGated, isLive, isRetried, type PodProgress, podProgress } from './pod-progress.ts';

/** One target of the spec, as it stands. */
export interface TargetProgress {
  readonly kind: TargetKind;
  readonly name: string;
  /** Undefined where it does not exist or is being deleted. */
  readonly workload: Workload | undefined;
  /** Whether it exists and its template carries the render. */
  readonly isCurrent: boolean;
  /** Why its template is not current; empty when it is, or when there is no workload or no render. */
  readonly drift: readonly Drift[];
  /** Who makes it current: the operator's patch, the next rollout of somebody else, or nobody, since a Job never changes. */
  readonly lag: 'none' | 'patch' | 'next rollout' | 'immutable';
  /** Why it cannot carry the render, for the user. */
  readonly obstacle: Obstacle | undefined;
  readonly refusal: Refusal | undefined;
  /** Somebody else undoes its patches. */
  readonly dispute: Dispute | undefined;
  /** Its Pods that carry the current render. */
  readonly pods: readonly PodProgress[];
  /** Its live Pods that carry an older render of this gate. */
  readonly older: number;
  /** Its Pods that are held for this gate. */
  readonly held: number;
  /** Its Pods that run without this gate. */
  readonly ungated: number;
}

/** How far the targets have come with a render; `render` is the *stored* one, since that is what Pods are made with. */
export function targetsProgress(
  world: World,
  spec: GateSpec,
  render: Render | undefined,
  now: number,
): TargetProgress[] {
  return spec.targets.map((target) => targetProgress(world, spec, target, render, now));
}

function targetProgress(
  world: World,
  spec: GateSpec,
  named: Target,
  render: Render | undefined,
  now: number,
): TargetProgress {
  const gate = world.gate.name;
  const { name } = named;
  const kind = targetKind(named);
  const target = targetAnnotationValue(kind, name);
  const found = world.workloads.get(target);
  const workload = found?.deleting ? undefined : found;
  const injection = render && { gate, render, target };
  const reasons = workload && injection ? drift(workload.template, injection) : [];
  const hindrance = workload && injection ? obstacle(workload.template, injection) : undefined;
  const all = world.pods.filter((pod) => pod.target === target);
  const pods = all.filter((pod) => isLive(pod, gate) && !isRetried(pod, all));
  const current = pods.filter((pod) => carriesRender(pod, gate, render));
  return {
    kind,
    name,
    workload,
    isCurrent: workload !== undefined && injection !== undefined && !hindrance && reasons.length === 0,
    drift: reasons,
    lag: workload && reasons.length > 0 ? lagOf(workload, spec, gate) : 'none',
    obstacle: hindrance,
    refusal: workload && refusalOf(world, workload, render),
    dispute: render && workload && dispute(world.repairs, workload.uid, render.hash, now),
    pods: current.toSorted(byName).map((pod) => podProgress(pod, gate)),
    older: pods.filter((pod) => isGated(pod, gate) && !carriesRender(pod, gate, render)).length,
    held: pods.filter((pod) => isHeldFor(pod, gate)).length,
    ungated: ungated(world, workload, target),
  };
}

function lagOf(workload: Workload, { updatePolicy }: GateSpec, gate: string): TargetProgress['lag'] {
  if (workload.kind === 'Job') return 'immutable';
  const waits = updatePolicy === 'OnNextRollout' && !lacksRequired(workload.template, gate);
  return waits ? 'next rollout' : 'patch';
}

/** A refusal holds for the very target generation and render that were refused. */
function refusalOf(world: World, workload: Workload, render: Render | undefined): Refusal | undefined {
  return world.refusals.find(
    (refusal) =>
      refusal.of === 'target' &&
      refusal.uid === workload.uid &&
      refusal.generation === workload.generation &&
      refusal.hash === render?.hash,
  );
}

/**
 * Pods that a target has beyond those that carry the gate: they are not watched, only counted by the workload's own
 * status. Terminating Pods are taken off too: the status may still count one that has just begun to terminate.
 */
function ungated(world: World, workload: Workload | undefined, target: string): number {
  if (!workload) return 0;
  const gated = world.pods.filter(
    (pod) =>
      pod.target === target &&
      (pod.held || isGated(pod, world.gate.name)) &&
      pod.phase !== 'Failed' &&
      pod.phase !== 'Succeeded',
  );
  return Math.max(0, workload.replicas - gated.length);
}

function byName(a: Pod, b: Pod): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

export function targetStatus(target: TargetProgress, world: World): TargetStatus {
  const { kind, name, pods } = target;
  const why = target.obstacle ?? refused(target) ?? remark(target, world);
  return {
    kind,
    name,
    state: targetState(target),
    ...(why && { reason: why.reason, message: cut(why.message, 1024) }),
    open: pods.filter(({ state }) => state === 'open').length,
    waiting: pods.filter(({ state }) => state !== 'open').length,
    held: target.held,
    ungated: target.ungated,
  };
}

function refused({ refusal }: TargetProgress): Obstacle | undefined {
  return refusal && { reason: 'RefusedByServer', message: refusal.message };
}

/** What a person should know of a target that cannot be mended by the operator. */
function remark(
  { kind, lag, workload, ungated }: TargetProgress,
  { gate, hasAdmission, idleAdmission }: World,
): Obstacle | undefined {
  if (lag === 'immutable')
    return {
      reason: 'JobCreatedWithout',
      message: 'a Job never changes: delete it and create it again, and it will carry the containers',
    };
  if (lag === 'next rollout')
    return {
      reason: 'WaitsForRollout',
      message: 'the next change of its Pod template brings the containers in (OnNextRollout)',
    };
  // Of the same second they were most likely applied together.
  const isFirstStart = workload !== undefined && workload.createdAt >= gate.createdAt;
  const isGatedAtBirth = hasAdmission && !idleAdmission.has(kind);
  if (isGatedAtBirth || ungated === 0 || !isFirstStart) return undefined;
  const instead = hasAdmission
    ? ', since admission does not act: see the condition Ready'
    : '; install the admission policies (Kubernetes 1.36) or render the gate at build time';
  return {
    reason: 'FirstStartUngated',
    message: `FirstStartUngated: its first Pods were made before the containers were patched in${instead}`,
  };
}

function targetState(target: TargetProgress): TargetStatus['state'] {
  const { workload } = target;
  if (!workload) return 'Missing';
  if (target.obstacle !== undefined || target.refusal) return 'Refused';
  if (target.lag === 'immutable') return 'Immutable';
  if (!target.isCurrent) return 'Pending';
  const isSeen = workload.observedGeneration >= workload.generation;
  return isSeen && target.older === 0 && target.ungated === 0 ? 'Current' : 'Rolling';
}

export function podCounts(targets: readonly TargetProgress[]): PodCounts {
  const pods = targets.flatMap((target) => target.pods);
  const inState = (wanted: PodProgress['state']) => pods.filter(({ state }) => state === wanted).length;
  return {
    total: pods.length,
    open: inState('open'),
    waiting: inState('waiting'),
    failed: inState('failed'),
    held: sum(targets.map(({ held }) => held)),
    older: sum(targets.map(({ older }) => older)),
    ungated: sum(targets.map((target) => target.ungated)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
