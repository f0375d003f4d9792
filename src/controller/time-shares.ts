import type { Clock } from '../kube/clock.ts';

/** What is used comes back in so many times the time: a namespace may use a twentieth of a core. */
const TIMES = 20;
/** And within a minute what a minute gives, 3 s, at once. */
const WINDOW_MS = 60_000;

/**
 * How much of the operator's time each namespace has used lately: 3 s within a minute, and what was used comes back with
 * time. Without it whoever may write gates in one namespace takes the operator from all others.
 */
export class TimeShares {
  readonly #clock: Clock;
  /** When all that a namespace has used will have come back. */
  readonly #backAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Namespaces of which something is remembered. */
  get size(): number {
    return this.#backAt.size;
  }

  spend(namespace: string, ms: number): void {
    const now = this.#clock.now();
    for (const [other, at] of this.#backAt) if (at <= now) this.#backAt.delete(other);
    if (ms > 0) this.#backAt.set(namespace, (this.#backAt.get(namespace) ?? now) + ms * TIMES);
  }

  /** In how many ms a namespace may go on; 0: now. */
  waitMs(namespace: string): number {
    const now = this.#clock.now();
    return Math.max(0, (this.#backAt.get(namespace) ?? now) - now - WINDOW_MS);
  }
}
