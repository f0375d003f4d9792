import { type EventReason, STALL_REASONS } from '../../api/reasons.ts';
import type { Condition, DependencyStatus, GateStatus } from '../../api/status.ts';
import type { Notice } from '../model.ts';
import type { GateWrite, PodWrite, WorkloadPatch } from '../plan/plan.ts';

/**
 * The Events of a pass: one for each write that was made to somebody else's object, and one where a
 * condition or a dependency turns.
 * They follow from the old status and the new one, so a restart of the operator repeats none.
 */
export function notices(
  before: GateStatus,
  after: GateStatus | undefined,
  done: readonly GateWrite[],
): Notice[] {
  const ofStatus = after ? [...ofDependencies(before, after), ...ofConditions(before, after)] : [];
  return [...done.flatMap(ofWrite), ...ofStatus];
}

function ofWrite(write: GateWrite): Notice[] {
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
export function ofPod(write: PodWrite): Notice[] {
  return write.do === 'open-pod'
    ? ofOpening(write)
    : [normal('PodReplaced', 'Delete', `deleted Pod ${write.pod.name}: ${write.why}`)];
}

/** The Events of a patch, by the gates that they are about. */
export function ofPatch({ workload, additions, removals }: WorkloadPatch): Map<string, Notice> {
  const name = nameOf(workload);
  return new Map([
    ...additions.map(({ gate, why }) => {
      return [gate, normal('Gated', 'Patch', `put the containers into ${name}: ${why.join(', ')}`)] as const;
    }),
    ...removals.map(({ gate }) => {
      return [gate, normal('Ungated', 'Patch', `took the containers out of ${name}`)] as const;
    }),
  ]);
}

/** What a person opened, once for each Pod. What is simply there is told once for all Pods, by the status. */
function ofOpening({ pod, told, why }: Extract<PodWrite, { do: 'open-pod' }>): Notice[] {
  return told.length === 0
    ? []
    : [normal('PodOpened', 'Open', `opened ${told.join(', ')} for Pod ${pod.name}: ${why}`)];
}

function ofDependencies(before: GateStatus, after: GateStatus): Notice[] {
  return (after.dependencies ?? []).flatMap((dependency) =>
    ofDependency(
      before.dependencies?.find(({ name }) => name === dependency.name),
      dependency,
    ),
  );
}

function ofDependency(before: DependencyStatus | undefined, after: DependencyStatus): Notice[] {
  const { name, answer = '', openedByHand = 0, since, message = answer } = after;
  const isNew = before?.satisfied === false && after.satisfied === true;
  const isOverdue = after.overdue === true && before?.overdue !== true;
  const byHand = openedByHand - (before?.openedByHand ?? 0);
  return [
    ...(isNew ? [normal('DependencySatisfied', 'Judge', `${name} is there: ${answer}`)] : []),
    ...(isOverdue
      ? [warning('Overdue', 'Wait', `${name} is overdue, waited for since ${since}${said(message)}`)]
      : []),
    ...(byHand > 0
      ? [normal('OpenedByHand', 'Open', `${name} was opened by an annotation of ${pods(byHand)}`)]
      : []),
  ];
}

function said(words: string): string {
  return words === '' ? '' : `: ${words}`;
}

function pods(count: number): string {
  return `${count} Pod${count === 1 ? '' : 's'}`;
}

function ofConditions(before: GateStatus, after: GateStatus): Notice[] {
  return [
    ...ofOpen(conditionOf(before, 'Open'), conditionOf(after, 'Open')),
    ...ofStalled(conditionOf(before, 'Stalled'), conditionOf(after, 'Stalled')),
  ];
}

/** By the reason of `Open`. What is unknown is no event, and what is overdue is told of each dependency. */
const OPEN_EVENTS: ReadonlyMap<string, (message: string) => Notice> = new Map([
  ['AllPassed', (message) => normal('Opened', 'Open', message)],
  ['Waiting', (message) => normal('Waiting', 'Wait', message)],
  ['Held', (message) => normal('Held', 'Wait', message)],
  ['DependencyFailed', (message) => warning('DependencyFailed', 'Wait', message)],
  ['PodFailed', (message) => warning('PodFailed', 'Wait', message)],
]);

function ofOpen(before: Condition | undefined, after: Condition | undefined): Notice[] {
  if (!after || (before?.status === after.status && before.reason === after.reason)) return [];
  const event = OPEN_EVENTS.get(after.reason);
  return event ? [event(after.message)] : [];
}

function ofStalled(before: Condition | undefined, after: Condition | undefined): Notice[] {
  if (!after || before?.message === after.message) return [];
  const reason = STALL_REASONS.find((stall) => stall === after.reason);
  return reason === undefined ? [] : [warning(reason, 'Reconcile', after.message)];
}

function conditionOf(status: GateStatus, type: Condition['type']): Condition | undefined {
  return status.conditions?.find((condition) => condition.type === type);
}

function nameOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

function normal(reason: EventReason, action: string, note: string): Notice {
  return { type: 'Normal', reason, action, note };
}

function warning(reason: EventReason, action: string, note: string): Notice {
  return { type: 'Warning', reason, action, note };
}
