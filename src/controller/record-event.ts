import type { Gate, GateEvent, Workload } from '../core/model.ts';
import { isConflict } from '../kube/api-error.ts';
import type { Failed } from './act.ts';
import type { Context } from './context.ts';

/** Logs something and records the Event of it. */
export function recordEvent(
  { log, emit }: Pick<Context, 'log' | 'emit'>,
  about: Gate | Workload,
  event: GateEvent,
): void {
  log.info({ reason: event.reason }, event.note);
  emit(about, event);
}

/** What is to be said of a write that failed; nothing of a conflict, which is nobody's trouble. */
export function failureEvent({ write, error }: Failed): GateEvent | undefined {
  if (isConflict(error)) return undefined;
  const what = nameOf(write);
  const note = `${what} cannot be patched and is tried again: ${error.message}`;
  return { type: 'Warning', reason: 'PatchFailed', action: 'Patch', note };
}

function nameOf(write: Failed['write']): string {
  switch (write.do) {
    case 'add-finalizer':
      return `gate ${write.gate.name}`;
    case 'open-pod':
    case 'release-pod':
      return `Pod ${write.pod.name}`;
    case 'scale-down':
      return `ReplicaSet ${write.replicaSet.name}`;
    case 'scale-down-empty':
      return `an older ReplicaSet of ${write.workload.kind} ${write.workload.name}`;
    case 'patch-workload':
    case 'ask-order':
    case 'release-job':
      return `${write.workload.kind} ${write.workload.name}`;
  }
}
