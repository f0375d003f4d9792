import type { Clock } from '../kube/clock.ts';

/** What the API server says of a token, and of whose it is. */
export type Verdict = 'allowed' | 'forbidden' | 'unauthenticated';

/** How long it holds, ms, and how many there are at most. */
const ALLOWED = { ms: 60_000, max: 64 };
const REFUSED = { ms: 10_000, max: 256 };

interface Kept {
  readonly verdict: Verdict;
  readonly at: number;
}

/** What the API server has said of tokens, by their hashes. Refusals are apart: no number of them pushes out who is let in. */
export class Verdicts {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #allowed = new Map<string, Kept>();
  readonly #refused = new Map<string, Kept>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#allowed.size + this.#refused.size;
  }

  get(key: string): Verdict | undefined {
    const allowed = this.#allowed.get(key);
    if (this.#holds(allowed, ALLOWED.ms)) return allowed.verdict;
    const refused = this.#refused.get(key);
    return this.#holds(refused, REFUSED.ms) ? refused.verdict : undefined;
  }

  set(key: string, verdict: Verdict): void {
    this.#allowed.delete(key);
    this.#refused.delete(key);
    const [kept, { ms, max }] =
      verdict === 'allowed' ? [this.#allowed, ALLOWED] : ([this.#refused, REFUSED] as const);
    for (const [old, value] of kept) if (!this.#holds(value, ms)) kept.delete(old);
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= max) kept.delete(oldest);
    kept.set(key, { verdict, at: this.#clock.now() });
  }

  /** A clock that was set back ends it too. */
  #holds(kept: Kept | undefined, ms: number): kept is Kept {
    return kept !== undefined && Math.abs(this.#clock.now() - kept.at) < ms;
  }
}
