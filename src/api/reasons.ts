/**
 * The reasons of conditions, dependencies and targets: closed lists, since programs rely on them.
 * docs/reference/reasons.md has the meanings.
 */

/** Of `Ready` alone. */
export const READY_REASONS = ['InForce', 'Rendering', 'Patching', 'Suspended'] as const;

/** Of `Open` alone. */
export const OPEN_REASONS = [
  'AllPassed',
  'StartedUnchecked',
  'NoPods',
  'TargetFailed',
  'PodFailed',
  'Held',
  'DependencyFailed',
  'Overdue',
  'Waiting',
  'TargetMissing',
  'TargetNotCurrent',
  'NoPodYet',
  'NonePassedYet',
  'PodUnreadable',
] as const;

/** Of `Stalled`, and of `Ready` beside it: a gate cannot come into force without somebody acting. */
export const STALL_REASONS = [
  'InvalidSpec',
  'InvalidExpression',
  'DependencyCycle',
  'InvalidRender',
  'TargetRefused',
  'AfterMissing',
  'Conflict',
  'NoAdmission',
  'CrdOutdated',
] as const;

export type StallReason = (typeof STALL_REASONS)[number];
export type ReadyReason = (typeof READY_REASONS)[number] | StallReason;
export type OpenReason = (typeof OPEN_REASONS)[number] | 'InvalidSpec';
export type ConditionReason = ReadyReason | OpenReason;

/**
 * Why a dependency is as the operator sees it: `.status.dependencies[].reason`, beside the words of `answer`. What the
 * operator decides by, and programs may; the words are for people alone.
 */
export const DEPENDENCY_REASONS = [
  // Satisfied.
  'EndpointsReady',
  'GateOpen',
  'ExpressionTrue',
  'ConditionMet',
  'ObjectReady',
  'JobCompleted',
  'JobCompletedAndGone',
  // Not yet.
  'NotFound',
  'NoneMatchesPod',
  'NoPodWaits',
  'BeingDeleted',
  'Unreadable',
  'ExternalName',
  'PortNotFound',
  'EndpointsNotReady',
  'GateWithoutStatus',
  'GateNotOpen',
  'ExpressionFalse',
  'ExpressionFailed',
  'ConditionNotMet',
  'ConditionMissing',
  'StatusOutdated',
  'ObjectNotReady',
  // Not before somebody acts.
  'KindNotServed',
  'Forbidden',
  'DiscoveryForbidden',
  'InvalidExpression',
  'ExpressionOutsideNamespace',
  'MatchOutsideNamespace',
  'TooManyObjects',
  'TooManyPods',
  'DependencyCycle',
  // Not known.
  'NotObserved',
  'WatchFailed',
  'EvaluationPostponed',
  // Will not come by itself.
  'JobFailed',
  'JobFailedAndGone',
  'PodFailed',
  'VolumeLost',
  'ObjectStalled',
] as const;
export type DependencyReason = (typeof DEPENDENCY_REASONS)[number];

/** A status may have been written by an operator that knows others. */
export function isDependencyReason(reason: string | undefined): reason is DependencyReason {
  return DEPENDENCY_REASONS.some((known) => known === reason);
}

/** Why a target is as it is: `.status.targets[].reason`, beside the words of `message`. */
export const TARGET_REASONS = [
  'VolumeNameTaken',
  'ContainerNameTaken',
  'WindowsPods',
  'ContainerMissing',
  'VolumeMissing',
  'VolumeOfNode',
  'TooManyContainers',
  'RefusedByServer',
  'AfterMissing',
  'JobCreatedWithout',
  'WaitsForRollout',
  'FirstStartUngated',
  'ScaledToZero',
  'NoNode',
  'Suspended',
  'BetweenRuns',
  'JobCompleted',
  'JobFailed',
  'PassedAndGone',
  'HeldWithoutGates',
  'HeldWhilePaused',
  'HeldBelowPartition',
  'PodUnreadable',
  'WorkloadUnreadable',
] as const;
export type TargetReason = (typeof TARGET_REASONS)[number];
