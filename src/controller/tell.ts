import type { Gate, Notice, Workload } from '../core/model.ts';
import { isConflict } from '../kube/api-error.ts';
import type { Failed } from './act.ts';
import type { Context } from './context.ts';

/** Logs something and records the Event of it. */
export function tell(
  { log, notify }: Pick<Context, 'log' | 'notify'>,
  about: Gate | Workload,
  notice: Notice,
): void {
  log.info({ reason: notice.reason }, notice.note);
  notify(about, notice);
}

/** What is to be said of a write that failed; nothing of a conflict, which is nobody's trouble. */
export function failureNotice({ write, error }: Failed): Notice | undefined {
  if (isConflict(error)) return undefined;
  const what =
    write.do === 'open-pod' ? `Pod ${write.pod.name}` : `${write.workload.kind} ${write.workload.name}`;
  const note = `${what} cannot be patched and is tried again: ${error.message}`;
  return { type: 'Warning', reason: 'PatchFailed', action: 'Patch', note };
}
