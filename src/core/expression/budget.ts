/**
 * What one evaluation may cost, in steps. A step is at most about 100 ns on a machine of today, so the whole budget is some
 * tens of milliseconds at worst; a usual expression takes a few hundred steps. Steps and no clock: the same expression and
 * object always end in the same way.
 */
export class Budget {
  #left: number;

  constructor(steps = 250_000) {
    this.#left = steps;
  }

  /** @throws {TooExpensiveError} once the budget is spent, and from then on always. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.isSpent) throw new TooExpensiveError();
  }

  get isSpent(): boolean {
    return this.#left < 0;
  }
}

export class TooExpensiveError extends Error {
  constructor() {
    super('too expensive');
  }
}

/**
 * Errors are values in CEL, and a macro may make one in each round: without their traces, which nobody reads, they cost a
 * twentieth. What runs here is synchronous, so nothing else sees the limit.
 */
export function withoutTraces<Result>(run: () => Result): Result {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
