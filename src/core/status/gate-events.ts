import type { EventReason } from '../../api/event-catalog.ts';
import { STALL_REASONS } from '../../api/reasons.ts';
import type { Condition, DependencyStatus, GateStatus, TargetStatus } from '../../api/status.ts';
import { count } from '../count.ts';
import type { GateEvent } from '../model.ts';
import type {
  GateWrite,
  PodRelease,
  PodWrite,
  ScaleDown,
  ScaleDownEmpty,
  WorkloadPatch,
} from '../plan/plan.ts';
import { gateCondition } from './gate-state.ts';
import { earlyEvent } from './through-words.ts';

/**
 * The Events of a reconcile: one for each write that was made to somebody else's object, and one where a
 * condition or a dependency turns.
 * They follow from the old status and the new one, so a restart of the operator repeats none.
 */
export function gateEvents(
  before: GateStatus,
  after: GateStatus | undefined,
  done: readonly GateWrite[],
): GateEvent[] {
  const ofStatus = after
    ? [
        ...ofDependencies(before, after),
        ...ofConditions(before, after),
        ...firstStarts(before, after).map(({ kind, name, note }) => ungatedFirst(`${kind} ${name}: ${note}`)),
      ]
    : [];
  return [...done.flatMap(ofWrite), ...ofStatus];
}

/** A target whose first Pods are seen to run without the gate; it is an Event of the workload too. */
export interface FirstStart extends Pick<TargetStatus, 'kind' | 'name'> {
  readonly note: string;
}

/** The targets of which that was not known before. */
export function firstStarts(before: GateStatus, after: GateStatus | undefined): FirstStart[] {
  const found = (after?.targets ?? []).filter(({ reason }) => reason === 'FirstStartUngated');
  return found
    .filter(
      ({ kind, name }) =>
        !before.targets?.some(
          (one) => one.kind === kind && one.name === name && one.reason === 'FirstStartUngated',
        ),
    )
    .map(({ kind, name, message = '' }) => ({
      kind,
      name,
      note: message.replace('FirstStartUngated: ', ''),
    }));
}

/** The Event of it. */
export function ungatedFirst(note: string): GateEvent {
  return warning('FirstStartUngated', 'Patch', note);
}

function ofWrite(write: GateWrite): GateEvent[] {
  switch (write.do) {
    case 'open-pod':
    case 'delete-pod':
      return ofPod(write);
    case 'add-finalizer':
    case 'remove-finalizer':
    case 'try-render':
      return [];
  }
}

/** The Event of a write to a Pod. */
export function ofPod(write: PodWrite): GateEvent[] {
  return write.do === 'open-pod'
    ? ofOpening(write)
    : [normal('PodReplaced', 'Delete', `deleted Pod ${write.pod.name}: ${write.why}`)];
}

/** The Event of taking the held Pods off a ReplicaSet, or the refused ones off several. */
export function ofScaleDown(write: ScaleDown | ScaleDownEmpty): GateEvent {
  const note =
    write.do === 'scale-down'
      ? `scaled ReplicaSet ${write.replicaSet.name} to 0: its Pods are held, and others with the gate take their place`
      : 'scaled an older ReplicaSet to 0: its Pods are refused, and others with the gate take their place';
  return normal('HeldPodsReplaced', 'Scale', note);
}

/** The Event of letting a held Pod of a Job go. */
export function ofPodRelease({ pod, gates }: PodRelease): GateEvent {
  const names = `${gates.length === 1 ? 'gate' : 'gates'} ${gates.join(', ')}`;
  const note = `let Pod ${pod.name} go, which was held for ${names}: deleted since the Job was started`;
  return normal('HeldPodReleased', 'Release', note);
}

/** The Events of a patch, by the gates that they are about. */
export function ofPatch({ workload, additions, removals }: WorkloadPatch): Map<string, GateEvent> {
  const name = nameOf(workload);
  return new Map([
    ...additions.map(({ gate, why }) => {
      return [
        gate,
        normal('Gated', 'Patch', `added the init containers to ${name}: ${why.join(', ')}`),
      ] as const;
    }),
    ...removals.map(({ gate }) => {
      return [gate, normal('Ungated', 'Patch', `removed the init containers from ${name}`)] as const;
    }),
  ]);
}

/** What a person opened, or a template that had passed before, once for each Pod. What is simply there is told once for all Pods, by the status. */
function ofOpening({ pod, told, why }: Extract<PodWrite, { do: 'open-pod' }>): GateEvent[] {
  return told.length === 0
    ? []
    : [normal('PodOpened', 'Open', `opened ${told.join(', ')} for Pod ${pod.name}: ${why}`)];
}

function ofDependencies(before: GateStatus, after: GateStatus): GateEvent[] {
  return (after.dependencies ?? []).flatMap((dependency) =>
    ofDependency(
      before.dependencies?.find(({ name }) => name === dependency.name),
      dependency,
    ),
  );
}

function ofDependency(before: DependencyStatus | undefined, after: DependencyStatus): GateEvent[] {
  const { name, answer = '', openedByHand = 0, openedEarly = 0, since, message = answer } = after;
  const isNew = before?.satisfied === false && after.satisfied === true;
  const isOverdue = after.overdue === true && before?.overdue !== true;
  const byHand = openedByHand - (before?.openedByHand ?? 0);
  const isEarly = openedEarly > 0 && (before?.openedEarly ?? 0) === 0;
  return [
    ...(isNew
      ? [normal('DependencySatisfied', 'Evaluate', `dependency ${name} is satisfied: ${answer}`)]
      : []),
    ...(isOverdue
      ? [
          warning(
            'Overdue',
            'Wait',
            `dependency ${name} is overdue: Pods have been waiting for it since ${since}${said(message)}`,
          ),
        ]
      : []),
    ...(isEarly ? [warning('OpenedEarly', 'Evaluate', earlyEvent(after))] : []),
    ...(byHand > 0
      ? [normal('OpenedByHand', 'Open', `${name} was opened by an annotation of ${count(byHand, 'Pod')}`)]
      : []),
  ];
}

function said(words: string): string {
  return words === '' ? '' : `: ${words}`;
}

function ofConditions(before: GateStatus, after: GateStatus): GateEvent[] {
  return [
    ...ofOpen(gateCondition(before, 'Open'), gateCondition(after, 'Open')),
    ...ofStalled(gateCondition(before, 'Stalled'), gateCondition(after, 'Stalled')),
  ];
}

/** By the reason of `Open`. What is unknown is no event, and what is overdue is told of each dependency. */
const OPEN_EVENTS: ReadonlyMap<string, (message: string) => GateEvent> = new Map([
  ['AllPassed', (message) => normal('Opened', 'Open', message)],
  ['StartedUnchecked', (message) => normal('StartedUnchecked', 'Open', message)],
  ['Waiting', (message) => normal('Waiting', 'Wait', message)],
  ['Held', (message) => normal('Held', 'Wait', message)],
  ['DependencyFailed', (message) => warning('DependencyFailed', 'Wait', message)],
  ['TargetFailed', (message) => warning('TargetFailed', 'Wait', message)],
  ['PodFailed', (message) => warning('PodFailed', 'Wait', message)],
]);

function ofOpen(before: Condition | undefined, after: Condition | undefined): GateEvent[] {
  if (!after || (before?.status === after.status && before.reason === after.reason)) return [];
  const event = OPEN_EVENTS.get(after.reason);
  return event ? [event(after.message)] : [];
}

function ofStalled(before: Condition | undefined, after: Condition | undefined): GateEvent[] {
  if (!after || before?.message === after.message) return [];
  const reason = STALL_REASONS.find((stall) => stall === after.reason);
  return reason === undefined ? [] : [warning(reason, 'Reconcile', after.message)];
}

function nameOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

function normal(reason: EventReason<'Normal'>, action: string, note: string): GateEvent {
  return { type: 'Normal', reason, action, note };
}

function warning(reason: EventReason<'Warning'>, action: string, note: string): GateEvent {
  return { type: 'Warning', reason, action, note };
}
