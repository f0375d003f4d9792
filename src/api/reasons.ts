/** The reasons of the conditions: closed lists, since programs rely on them. docs/reference/reasons.md has the meanings. */

/** Of `Ready` alone. */
export const READY_REASONS = ['InForce', 'Rendering', 'Patching', 'Suspended'] as const;

/** Of `Open` alone. */
export const OPEN_REASONS = [
  'AllPassed',
  'NoPods',
  'PodFailed',
  'Held',
  'DependencyFailed',
  'Overdue',
  'Waiting',
  'TargetMissing',
  'TargetNotCurrent',
  'NoPodYet',
] as const;

/** Of `Stalled`, and of `Ready` beside it: a gate cannot come into force without somebody acting. */
export const STALL_REASONS = [
  'InvalidSpec',
  'InvalidExpression',
  'DependencyCycle',
  'InvalidRender',
  'TargetRefused',
  'Conflict',
  'NoAdmission',
] as const;

export type StallReason = (typeof STALL_REASONS)[number];
export type ReadyReason = (typeof READY_REASONS)[number] | StallReason;
export type OpenReason = (typeof OPEN_REASONS)[number] | 'InvalidSpec';
export type ConditionReason = ReadyReason | OpenReason;
