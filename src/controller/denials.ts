/**
 * How long a write has to be forbidden before that counts as a refusal. An API server that has just started forbids
 * everything to everybody but administrators, until it has read the roles: seconds, where it is short of CPU.
 */
export const LASTING_MS = 10_000;

/** Longer than any pause between two tries: what was forbidden before that tells nothing of now. */
const FORGOTTEN_MS = 6 * 60_000;

/** Since when something has been forbidden, with no other answer in between. */
export class Denials {
  readonly #lastingMs: number;
  #since = 0;
  #last: number | undefined;

  constructor(lastingMs = LASTING_MS) {
    this.#lastingMs = lastingMs;
  }

  /** It was once more. Returns whether that has lasted. */
  denied(now: number): boolean {
    if (this.#last === undefined || now - this.#last > FORGOTTEN_MS) this.#since = now;
    this.#last = now;
    return now - this.#since >= this.#lastingMs;
  }

  /** It was let through, or refused for what it says. */
  ended(): void {
    this.#last = undefined;
  }
}
