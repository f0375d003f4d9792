import { OPEN_ANNOTATION_PREFIX } from '../api/names.ts';
import type { Condition, GateStatus } from '../api/status.ts';
import type { Notice, Write } from './model.ts';

/**
 * The Events of a pass: one for each write that was made to somebody else's object, and one where a condition turns.
 * They follow from the old status and the new one, so a restart of the operator repeats none.
 */
export function notices(before: GateStatus, after: GateStatus | undefined, done: readonly Write[]): Notice[] {
  return [...done.flatMap(ofWrite), ...(after ? ofConditions(before, after) : [])];
}

function ofWrite(write: Write): Notice[] {
  switch (write.do) {
    case 'patch-target':
      return [
        normal(
          'Gated',
          'Patch',
          `put the containers into ${nameOf(write.workload)}: ${write.why.join(', ')}`,
        ),
      ];
    case 'clean-target':
      return [normal('Ungated', 'Patch', `took the containers out of ${nameOf(write.workload)}`)];
    case 'open-pod':
      return ofOpening(write);
    case 'delete-pod':
      return [normal('PodReplaced', 'Delete', `deleted Pod ${write.pod.name}: ${write.why}`)];
    case 'add-finalizer':
    case 'remove-finalizer':
    case 'try-render':
      return [];
  }
}

/** The first attempt only: the next ones are for a kubelet that missed it. */
function ofOpening({ pod, annotations }: Extract<Write, { do: 'open-pod' }>): Notice[] {
  const opened = Object.entries(annotations).filter(([, value]) => value === '1');
  const names = opened.map(([key]) => key.slice(key.indexOf('.', OPEN_ANNOTATION_PREFIX.length) + 1));
  return names.length === 0
    ? []
    : [normal('PodOpened', 'Open', `opened ${names.join(', ')} for Pod ${pod.name}`)];
}

function ofConditions(before: GateStatus, after: GateStatus): Notice[] {
  return [
    ...ofOpen(conditionOf(before, 'Open'), conditionOf(after, 'Open')),
    ...ofStalled(conditionOf(before, 'Stalled'), conditionOf(after, 'Stalled')),
  ];
}

function ofOpen(before: Condition | undefined, after: Condition | undefined): Notice[] {
  if (!after || (before?.status === after.status && before.reason === after.reason)) return [];
  if (after.status === 'True')
    return after.reason === 'AllPassed' ? [normal('Opened', 'Open', after.message)] : [];
  if (after.status === 'Unknown') return [];
  return [
    after.reason === 'Waiting' || after.reason === 'Held'
      ? normal(after.reason, 'Wait', after.message)
      : warning(after.reason, 'Wait', after.message),
  ];
}

function ofStalled(before: Condition | undefined, after: Condition | undefined): Notice[] {
  if (!after || before?.message === after.message) return [];
  return [warning(after.reason, 'Reconcile', after.message)];
}

function conditionOf(status: GateStatus, type: Condition['type']): Condition | undefined {
  return status.conditions?.find((condition) => condition.type === type);
}

function nameOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

function normal(reason: string, action: string, note: string): Notice {
  return { type: 'Normal', reason, action, note };
}

function warning(reason: string, action: string, note: string): Notice {
  return { type: 'Warning', reason, action, note };
}
