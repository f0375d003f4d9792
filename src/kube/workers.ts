/** A run that goes on for longer is a slow one: it waits for the API server. */
export const SLOW_MS = 250;
/** Timers are early by the clock that tells the time, one in seven by a millisecond: nobody would look a second time. */
const EARLY_MS = 10;
/** One that took longer than that is remembered; any run may take some hundred ms on a busy machine. */
const VERY_SLOW_MS = 5000;
const REMEMBERED_MS = 60_000;
/** Runs are never more than so many times the workers: each has a request under way. */
const MOST_TIMES = 8;

export interface WorkersOptions {
  /** Runs at a time, while none is slow. */
  readonly workers: number;
  /** Runs of one share at a time, also where workers are idle. Default: as many as there are workers. */
  readonly ofOneShare?: number | undefined;
}

/** A run that has begun. */
export interface Run {
  readonly share: string;
  readonly began: number;
}

/**
 * Which shares may begin a run. One share has half of the workers, and those that are idle.
 *
 * An API server that is slow for some shares, as by an admission webhook for their namespaces, keeps their runs for minutes,
 * and must not keep the others waiting. So a share is slow while it has a slow run, and for a minute after. What slow shares
 * run takes no worker from others: all of them together have half as many of their own. So one that is not slow waits for
 * runs of less than {@link SLOW_MS}, and one that is found to be slow costs the others one worker for that long.
 */
export class Workers {
  readonly #workers: number;
  readonly #half: number;
  readonly #ofOneShare: number;
  readonly #runs = new Set<Run>();
  /** Until when shares count as slow after a very slow run. */
  readonly #slowUntil = new Map<string, number>();

  constructor({ workers, ofOneShare = workers }: WorkersOptions) {
    this.#workers = workers;
    this.#half = Math.ceil(workers / 2);
    this.#ofOneShare = ofOneShare;
  }

  /** Runs that have begun and not ended. */
  get running(): number {
    return this.#runs.size;
  }

  /** Shares that are remembered for a very slow run. */
  get remembered(): number {
    return this.#slowUntil.size;
  }

  begin(share: string, now: number): Run {
    const run = { share, began: now };
    this.#runs.add(run);
    return run;
  }

  end(run: Run, now: number): void {
    this.#runs.delete(run);
    for (const [share, until] of this.#slowUntil) if (until <= now) this.#slowUntil.delete(share);
    if (now - run.began >= VERY_SLOW_MS) this.#slowUntil.set(run.share, now + REMEMBERED_MS);
  }

  /**
   * Whether a share has a worker by right; undefined where none has that waits, which needs no look at all of them.
   *
   * @param waits whether a share waits
   */
  byRight(now: number, waits: (share: string) => boolean): ((share: string) => boolean) | undefined {
    const ofShare = this.#counts();
    const slow = this.#slowShares(now);
    let ofSlow = 0;
    let taken = 0;
    for (const [share, count] of ofShare) {
      if (slow.has(share)) ofSlow += count;
      else taken += Math.min(count, this.#half);
    }
    const isFull = this.running >= MOST_TIMES * this.#workers;
    const isRoomForSlow = ofSlow < this.#half && [...slow].some(waits);
    if (isFull || !(taken < this.#workers || isRoomForSlow)) return undefined;
    return (share) => {
      const own = ofShare.get(share) ?? 0;
      if (own >= this.#ofOneShare) return false;
      return slow.has(share) ? isRoomForSlow : taken < this.#workers && own < this.#half;
    };
  }

  /** Whether a share has a worker because nobody takes it by right; undefined where none is idle. */
  byIdleness(): ((share: string) => boolean) | undefined {
    if (this.running >= this.#workers) return undefined;
    const ofShare = this.#counts();
    return (share) => (ofShare.get(share) ?? 0) < this.#ofOneShare;
  }

  #counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { share } of this.#runs) counts.set(share, (counts.get(share) ?? 0) + 1);
    return counts;
  }

  #slowShares(now: number): Set<string> {
    const remembered = [...this.#slowUntil].filter(([, until]) => until > now).map(([share]) => share);
    const running = [...this.#runs]
      .filter(({ began }) => now - began >= SLOW_MS - EARLY_MS)
      .map(({ share }) => share);
    return new Set([...remembered, ...running]);
  }
}
