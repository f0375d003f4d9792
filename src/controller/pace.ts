/** So many times as long as a decision took its gate rests: it takes a fifth of the process at most. */
const RESTS = 4;

/** Decisions about gates of up to some thousand Pods are shorter, and these never rest. */
const SHORT_MS = 10;

/** Also where it was the whole process that stood still. */
const LONGEST_REST_MS = 5000;

/**
 * What one gate may take of the process. A decision goes through all of its Pods in one go, some 4 µs each, and nothing else
 * has a turn meanwhile; a rollout of thousands of Pods would have it made again and again. So a gate about which it took
 * long rests, and its changes of that time are decided about together.
 */
export class Pace {
  #rest = { from: 0, forMs: 0 };

  /** A decision took from then until then, ms since the epoch. */
  decided(from: number, until: number): void {
    const took = until - from;
    this.#rest = { from: until, forMs: took < SHORT_MS ? 0 : Math.min(took * RESTS, LONGEST_REST_MS) };
  }

  /** How long it rests yet, ms; 0 where it may be decided about. A clock that was set back lengthens no rest. */
  restsFor(now: number): number {
    const { from, forMs } = this.#rest;
    return now < from ? 0 : Math.max(0, from + forMs - now);
  }
}
