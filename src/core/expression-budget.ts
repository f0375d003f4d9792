/**
 * What one evaluation may cost, in steps. A step is at most about 100 ns on a machine of today, so the whole budget is some
 * tens of milliseconds at worst; a usual expression takes a few hundred steps. Steps and no clock: the same expression and
 * object always end in the same way.
 */
export class Budget {
  #left: number;

  constructor(steps = 400_000) {
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
