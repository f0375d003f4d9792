import { ApiError } from '../api-error.ts';
import type { Clock } from '../clock.ts';

/**
 * Gives `work` a signal that aborts after `ms`, or with `parent`, and ends with it even when the work does not look at
 * it. The timer and the listener are gone when this returns (`AbortSignal.any` and `AbortSignal.timeout` keep memory for
 * as long as the parent lives).
 *
 * @throws ApiError with reason `Timeout`, or the parent's abort reason.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  parent?: AbortSignal,
): Promise<T> {
  parent?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(parent?.reason);
  parent?.addEventListener('abort', abort, { once: true });
  const cancel = clock.after(ms, () =>
    controller.abort(new ApiError({ status: 0, reason: 'Timeout', message: `no answer within ${ms} ms` })),
  );
  try {
    return await Promise.race([work(controller.signal), aborted(controller.signal)]);
  } finally {
    cancel();
    parent?.removeEventListener('abort', abort);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
