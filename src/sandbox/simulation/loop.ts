import type { BackoffLimits } from '../../kube/backoff.ts';
import { Queue } from '../../kube/queue.ts';
import type { Clock } from './simulated-clock.ts';
import type { SimulatedWorld } from './world.ts';

/** How soon a sync that was refused (a conflict, an injected fault) is tried again. */
const RETRY: BackoffLimits = { baseMs: 400, maxMs: 400 };

/**
 * The operator's own work queue for a simulator, at the simulators' clock. A sync acts on what is there then, so it does no
 * harm when a key is added too often. It may answer when (milliseconds since the epoch) its key is to be looked at again.
 */
export function startLoop(
  sync: (key: string) => Promise<number | undefined> | Promise<void>,
  { clock, random, signal }: Pick<SimulatedWorld, 'clock' | 'random' | 'signal'>,
): Pick<Queue<string>, 'add'> {
  const queue = new Queue<string>({
    idOf: (key) => key,
    run: async (key) => {
      const next = await sync(key);
      return typeof next === 'number' ? { afterMs: next - clock.now() } : undefined;
    },
    onError: (_key, error) => {
      if (!isRefusal(error)) throwOutside(error);
    },
    concurrency: Number.POSITIVE_INFINITY,
    backoff: RETRY,
    clock: { now: () => clock.now(), after: (ms, run) => after(clock, signal, ms, run) },
    random,
  });
  signal.addEventListener('abort', () => void queue.stop(0), { once: true });
  return queue;
}

/** Calls back after a time, unless the returned function is called or everything ends before. */
function after(clock: Clock, signal: AbortSignal, ms: number, run: () => void): () => void {
  const calledOff = new AbortController();
  const either = AbortSignal.any([calledOff.signal, signal]);
  void clock.sleep(ms, either).then(() => {
    if (!either.aborted) run();
  });
  return () => calledOff.abort();
}

/** Anything but the API server's word on a write is a defect, which must not be hidden by trying again. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

function throwOutside(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
