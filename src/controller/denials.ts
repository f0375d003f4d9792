/**
 * How long a write has to be forbidden before that counts as a refusal. An API server that has just started forbids
 * everything to everybody but administrators, until it has read the roles: seconds, where it is short of CPU.
 */
export const LASTING_MS = 10_000;

/** Since when writes of one object have been forbidden, with none answered otherwise in between. */
export class Denials {
  #since: number | undefined;

  /** One more was. Returns whether that has lasted. */
  denied(now: number): boolean {
    this.#since ??= now;
    return now - this.#since >= LASTING_MS;
  }

  /** One was let through, or refused for what it says. */
  ended(): void {
    this.#since = undefined;
  }
}
