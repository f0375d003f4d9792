import { setTimeout as pause } from 'node:timers/promises';

/**
 * Tries until the attempt gives something other than undefined, and answers with that. An attempt that throws counts
 * as one that gave nothing. Rejects after `limitMs`, with the last error as its cause, or at once with what `giveUp`
 * throws, which is asked before each attempt.
 */
export async function eventually<T>(
  what: string,
  limitMs: number,
  attempt: () => Promise<T | undefined> | T | undefined,
  giveUp: () => void = () => {},
): Promise<T> {
  const end = performance.now() + limitMs;
  let cause: unknown;
  do {
    giveUp();
    try {
      const value = await attempt();
      if (value !== undefined) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await pause(100);
  } while (performance.now() < end);
  const last = cause instanceof Error ? `: ${cause.message}` : '';
  throw new Error(`${what}: not within ${limitMs / 1000} s${last}`, { cause });
}
