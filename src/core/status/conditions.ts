import type { ConditionReason, OpenReason, ReadyReason, StallReason } from '../../api/reasons.ts';
import type { GateSpec } from '../../api/spec.ts';
import type { Condition, ConditionType, DependencyStatus } from '../../api/status.ts';
import { count } from '../count.ts';
import { cut } from '../cut.ts';
import { hasPassedAndGone } from '../progress/passed.ts';
import type { PodProgress } from '../progress/pod-progress.ts';
import { type TargetProgress, unreadablePods } from '../progress/progress.ts';
import { restWords } from '../progress/rest.ts';
import type { World } from '../world.ts';
import { blockages } from './blockage-words.ts';
import { installationWords } from './installation-words.ts';
import { earlyWords, skippedWords } from './through-words.ts';

/** What a condition says, before it is compared with what stood there. */
export interface Verdict {
  readonly type: ConditionType;
  readonly status: Condition['status'];
  readonly reason: ConditionReason;
  readonly message: string;
}

/** Why a gate cannot come into force without somebody acting. */
export interface Stall {
  readonly reason: StallReason;
  readonly message: string;
}

/** What the conditions are made from. */
export interface Findings {
  readonly spec: GateSpec;
  /** Whether the stored render is that of the spec. */
  readonly isRendered: boolean;
  readonly targets: readonly TargetProgress[];
  readonly dependencies: readonly DependencyStatus[];
  readonly stall: Stall | undefined;
  /** The kinds of workloads for which the admission policies are there and do nothing, and why in words. */
  readonly idleAdmission: World['idleAdmission'];
  readonly firstStarts: World['firstStarts'];
  readonly foreignPolicies: World['foreignPolicies'];
  readonly olderCrd: World['olderCrd'];
  /** Dependencies that will not come by themselves, as the operator evaluates it. */
  readonly failed: readonly string[];
  /** Dependencies that block a Pod for longer than their `overdueAfterSeconds`. */
  readonly overdue: readonly string[];
}

/** All conditions, in a fixed order; `Reconciling` and `Stalled` exist only while True (kstatus). */
export function evaluate(findings: Findings): Verdict[] {
  const ready = evaluateReady(findings);
  const isMoving = ready.status === 'False' && !findings.stall && !findings.spec.suspend;
  return [
    ready,
    evaluateOpen(findings),
    ...(isMoving ? [{ ...ready, type: 'Reconciling' as const, status: 'True' as const }] : []),
    ...(findings.stall ? [stalled(findings.stall)] : []),
  ];
}

/** The conditions of a gate whose spec cannot be read: nothing can be said of its targets. */
export function evaluateInvalid(stall: Stall): Verdict[] {
  const { reason, message } = stall;
  return [
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Open', status: 'Unknown', reason, message: 'the spec cannot be read' },
    stalled(stall),
  ];
}

function stalled({ reason, message }: Stall): Verdict {
  return { type: 'Stalled', status: 'True', reason, message };
}

/** The gate is in force: rendered, and every target that exists carries the render. */
function evaluateReady(findings: Findings): Verdict {
  const { spec, isRendered, targets, dependencies, stall } = findings;
  const ready = (status: Condition['status'], reason: ReadyReason, message: string): Verdict => ({
    type: 'Ready',
    status,
    reason,
    message,
  });
  const behind = targets.filter(({ lag }) => lag === 'patch');
  if (stall) return ready('False', stall.reason, stall.message);
  if (spec.suspend && (!isRendered || behind.length > 0)) {
    return ready('False', 'Suspended', 'the gate is suspended and its last change is not in its targets');
  }
  if (!isRendered) return ready('False', 'Rendering', 'the containers are being rendered');
  if (behind.length > 0) return ready('False', 'Patching', `to be patched: ${names(behind)}`);
  return ready('True', 'InForce', [...inForce(findings), ...postponed(dependencies)].join('; '));
}

/** Targets that carry the containers, and those that need not yet, or cannot any more. */
function inForce(findings: Findings): string[] {
  const { targets, idleAdmission } = findings;
  const idle = targets.flatMap(({ kind, isInPods }) => (isInPods ? [] : (idleAdmission.get(kind) ?? [])))[0];
  const carrying = targets.filter(({ workload, lag }) => workload && lag === 'none').length;
  const later = targets.filter(({ lag }) => lag === 'next rollout');
  const never = targets.filter(({ lag }) => lag === 'immutable');
  const inPods = targets.filter(({ isInPods }) => isInPods);
  const before = (count: (target: TargetProgress) => number) =>
    inPods.reduce((sum, target) => sum + count(target), 0);
  const [without, older] = [before(({ ungated }) => ungated), before((target) => target.older)];
  return [
    carriedBy(carrying, targets.length, inPods.length > 0),
    ...(without > 0 ? [`created before it, without them: ${count(without, 'Pod')}`] : []),
    ...(older > 0 ? [`created with older ones: ${count(older, 'Pod')}`] : []),
    ...(later.length > 0 ? [`with the next rollout: ${names(later)}`] : []),
    ...(never.length > 0 ? [`created without them: ${names(never)}`] : []),
    ...installationWords(findings, idle),
  ];
}

function carriedBy(carrying: number, all: number, isInPods: boolean): string {
  const what = isInPods ? 'has the containers placed into its new Pods' : 'carries the containers';
  const whatAll = isInPods ? 'have the containers placed into their new Pods' : 'carry the containers';
  return all === 1
    ? `${carrying} of 1 target exists and ${what}`
    : `${carrying} of ${all} targets exist and ${whatAll}`;
}

/** The gate is in force, and its status is behind. */
function postponed(dependencies: readonly DependencyStatus[]): string[] {
  const late = dependencies.filter(({ reason }) => reason === 'EvaluationPostponed');
  if (late.length === 0) return [];
  return [
    `expressions evaluated late, since those of this namespace's gates use more than 3 s a minute: ${late.map(({ name }) => name).join(', ')}`,
  ];
}

/** A Pod has passed, and none waits. What waits outweighs what is unknown, since it is what a person must look at. */
function evaluateOpen(findings: Findings): Verdict {
  return evaluateWaiting(findings) ?? evaluateUnknown(findings) ?? evaluatePassed(findings);
}

function evaluateWaiting({ targets, dependencies, failed: lost, overdue }: Findings): Verdict | undefined {
  const pods = targets.flatMap((target) => target.pods).filter(({ pod }) => pod.unreadable === undefined);
  const failed = pods.filter(({ state }) => state === 'failed').length;
  const waiting = pods.filter(({ state }) => state !== 'open').length;
  const not = (reason: OpenReason, message: string): Verdict => ({
    type: 'Open',
    status: 'False',
    reason,
    message,
  });
  const ended = targets.filter(hasFailedInside);
  if (ended.length > 0)
    return not('TargetFailed', `failed before a Pod of it had passed: ${ended.map(atRest).join('; ')}`);
  if (failed > 0)
    return not('PodFailed', `${count(failed, 'Pod')} failed for good, since the restart policy is Never`);
  const holds = targets.flatMap(({ hold }) => hold ?? []);
  if (waiting === 0 && holds.length > 0) return not('Held', holds.map(({ message }) => message).join('; '));
  if (waiting === 0) return undefined;
  const broken = dependencies.filter(({ name, passed }) => lost.includes(name) && passed < pods.length);
  if (broken.length > 0) {
    const what = broken.map(failureOf).join('; ');
    return not('DependencyFailed', `${waiting} of ${count(pods.length, 'Pod')} waiting, failed: ${what}`);
  }
  const behind = pods.flatMap((pod) => pod.behind ?? [])[0];
  const keepers = [...blockages(dependencies), ...(behind === undefined ? [] : [`behind ${behind}`])];
  const where = keepers.length > 0 ? `: ${keepers.join('; ')}` : inOtherGates(pods);
  const message = `${waiting} of ${count(pods.length, 'Pod')} waiting${where}`;
  return overdue.length > 0
    ? not('Overdue', `overdue: ${overdue.join(', ')}; ${message}`)
    : not('Waiting', message);
}

/** ` in gate a`: those whose containers come before this one's. */
function inOtherGates(pods: readonly PodProgress[]): string {
  const gates = [...new Set(pods.flatMap(({ otherGate }) => otherGate ?? []))];
  return gates.length === 0 ? '' : ` in ${gates.length === 1 ? 'gate' : 'gates'} ${gates.join(', ')}`;
}

/** A dependency that failed, in the message of the condition. */
export function failureOf({ name, answer }: Pick<DependencyStatus, 'name' | 'answer'>): string {
  return `${name} (${answer})`;
}

function evaluateUnknown({ targets, isRendered }: Findings): Verdict | undefined {
  const unknown = (reason: keyof typeof UNKNOWN, which: readonly TargetProgress[]): Verdict | undefined => {
    if (which.length === 0) return undefined;
    const message = `${names(which)} ${UNKNOWN[reason][which.length === 1 ? 0 : 1]}`;
    return { type: 'Open', status: 'Unknown', reason, message };
  };
  const unreadable = unreadablePods(targets);
  if (unreadable !== undefined)
    return { type: 'Open', status: 'Unknown', reason: 'PodUnreadable', message: unreadable };
  return (
    unknown(
      'TargetMissing',
      targets.filter((target) => !target.workload && !hasPassedAndGone(target)),
    ) ??
    unknown(
      'TargetNotCurrent',
      targets.filter(
        ({ lag, workload, isCurrent, obstacle }) =>
          !isRendered || obstacle || (workload && !isCurrent && lag !== 'immutable'),
      ),
    ) ??
    unknown(
      'NoPodYet',
      targets.filter(
        ({ kind, workload, lag, pods, passed, ...target }) =>
          workload &&
          !hasPodsOfBefore(target) &&
          lag === 'none' &&
          workload.rest === undefined &&
          pods.length === 0 &&
          // A Job's Pods come and go.
          !(kind === 'Job' && passed !== undefined),
      ),
    )
  );
}

const IF_NONE_COMES = ': if nothing is to come, correct name and kind';
const UNKNOWN = {
  /** They may come later than their gate, or never: only who reads it can tell. */
  TargetMissing: [`does not exist yet${IF_NONE_COMES}`, `do not exist yet${IF_NONE_COMES}`],
  TargetNotCurrent: ['does not carry the containers', 'do not carry the containers'],
  NoPodYet: ['has no Pod with the containers yet', 'have no Pods with the containers yet'],
} as const;

/** Nothing waits; but without a Pod that has passed nobody knows that the dependencies are there. */
function evaluatePassed({ targets, dependencies }: Findings): Verdict {
  const pods = targets.flatMap((target) => target.pods).length;
  const verdict = (status: Condition['status'], reason: OpenReason, message: string): Verdict => ({
    type: 'Open',
    status,
    reason,
    message: [message, ...targets.filter(({ pods: own }) => own.length === 0).map(atRest)].join('; '),
  });
  const skipped = dependencies.filter(({ skipped: some = 0 }) => some > 0);
  if (skipped.length > 0)
    return verdict('True', 'StartedUnchecked', `${count(pods, 'Pod')} started, ${skippedWords(skipped)}`);
  if (pods > 0)
    return verdict(
      'True',
      'AllPassed',
      [`${count(pods, 'Pod')} passed`, ...earlyWords(dependencies)].join('; '),
    );
  return targets.some(({ passed }) => passed !== undefined)
    ? verdict('True', 'NoPods', 'Pods passed before, and none is there now')
    : verdict('Unknown', 'NonePassedYet', 'no Pod has passed yet, and none is there');
}

/** Its Pods never got through: what they were to do is not done, and there will be no others. */
function hasFailedInside({ workload, lag, passed }: TargetProgress): boolean {
  return workload?.rest?.is === 'failed' && lag !== 'immutable' && passed === undefined;
}

/** Pods that a gate with placement Pod leaves as they are. They tell nothing of the dependencies, and wait for none. */
function hasPodsOfBefore({
  isInPods,
  ungated,
  older,
}: Pick<TargetProgress, 'isInPods' | 'ungated' | 'older'>): boolean {
  return isInPods && ungated + older > 0;
}

/** `Deployment web is scaled to zero`. */
function atRest({ kind, name, workload, lag, ...counts }: TargetProgress): string {
  const target = `${kind} ${name}`;
  if (workload && hasPodsOfBefore(counts)) return `${target} has no Pod that was created since`;
  if (!workload) return `${target} is gone`;
  if (lag === 'immutable') return `${target} was created without the containers`;
  return `${target} ${workload.rest ? restWords(workload.rest, workload.resumedBy).words : 'has no Pod now'}`;
}

function names(targets: readonly TargetProgress[]): string {
  return targets.map(({ kind, name }) => `${kind} ${name}`).join(', ');
}

/** Turns verdicts into conditions: `lastTransitionTime` moves only when the status of a condition does. */
export function conditions(
  verdicts: readonly Verdict[],
  previous: readonly Condition[],
  observedGeneration: number,
  now: number,
): Condition[] {
  return verdicts.map((verdict) => {
    const before = previous.find(({ type }) => type === verdict.type);
    const message = cut(verdict.message, 2048);
    const lastTransitionTime = before?.status === verdict.status ? before.lastTransitionTime : timestamp(now);
    return { ...verdict, message, observedGeneration, lastTransitionTime };
  });
}

/** RFC 3339 with whole seconds, as Kubernetes' own times are. */
function timestamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}
