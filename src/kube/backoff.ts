import type { Clock } from './clock.ts';

/** A number in [0, 1), as Math.random gives. */
export type Random = () => number;

export interface BackoffLimits {
  /** The first delay before jitter, in ms. */
  readonly baseMs: number;
  /** No delay is longer, in ms. */
  readonly maxMs: number;
}

/**
 * The delay after `failures` failures in a row (1 or more): doubled each time, and jittered by up to a half, at the
 * limit too, so that clients which failed together do not come back together.
 */
export function backoffMs(failures: number, limits: BackoffLimits, random: Random): number {
  const full = Math.min(limits.maxMs, limits.baseMs * 2 ** (failures - 1));
  return full * (1 - random() / 2);
}

/** The numbers of client-go's reflector. */
const REFLECTOR: BackoffLimits = { baseMs: 800, maxMs: 30_000 };
const FORGOTTEN_AFTER_MS = 120_000;

/**
 * Back-off of one loop. It forgets by time and not by success: a server that answers a list and then refuses each
 * watch would otherwise be listed without a pause for ever.
 */
export class Backoff {
  readonly #clock: Clock;
  readonly #random: Random;
  #failures = 0;
  #failedAt = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Counts a failure and gives the time to wait, in ms. */
  next(): number {
    const now = this.#clock.now();
    if (now - this.#failedAt > FORGOTTEN_AFTER_MS) this.#failures = 0;
    this.#failedAt = now;
    this.#failures += 1;
    return backoffMs(this.#failures, REFLECTOR, this.#random);
  }
}
