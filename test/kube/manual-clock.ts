import type { Clock } from '../../src/kube/clock.ts';

/** Time that passes only when a test says so. It begins at 1,000,000 ms. */
export class ManualClock implements Clock {
  #now = 1_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** In how many ms the timers are due, soonest first. */
  get pending(): number[] {
    return [...this.#timers].map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** Runs what is due within `ms`, in its order, and what follows from that. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#dueBy(end); next; next = this.#dueBy(end)) {
      this.#now = next.at;
      this.#timers.delete(next);
      next.run();
      await settled();
    }
    this.#now = end;
    await settled();
  }

  #dueBy(end: number) {
    return [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Ends when all that only waits for promises, or for a turn of the event loop and what follows, has happened. */
export async function settled(): Promise<void> {
  for (const _ of [1, 2]) await new Promise((resolve) => setImmediate(resolve));
}
