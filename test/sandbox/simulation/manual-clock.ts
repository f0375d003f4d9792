import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../../src/sandbox/simulation/simulated-clock.ts';

/** A clock that a test moves. */
export class ManualClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  readonly now = () => this.#now;

  readonly sleep = (milliseconds: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal.aborted) return resolve();
      const sleeper = { until: this.#now + milliseconds, wake: () => end() };
      const end = () => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener('abort', end);
        resolve();
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', end);
    });

  /** How many wait for the clock. */
  get sleepers(): number {
    return this.#sleepers.size;
  }

  /** Moves on, step by step, and lets everything that wakes up do its work in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    while (this.#now < end) {
      this.#now = Math.min(end, this.#now + 50);
      for (const { until, wake } of [...this.#sleepers]) if (until <= this.#now) wake();
      for (let turns = 0; turns < 5; turns++) await turn();
    }
  }

  /** Moves on until something holds, for at most so many milliseconds of its own. */
  async until(holds: () => boolean, what: string, limit = 60_000): Promise<void> {
    const end = this.#now + limit;
    while (!holds()) {
      if (this.#now >= end) throw new Error(`${what}: not within ${limit} ms`);
      await this.advance(50);
    }
  }
}
