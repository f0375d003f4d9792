import type { JsonObject } from '../../core/model.ts';
import type { Clock } from '../../kube/clock.ts';

/** Longer than a pass takes that must be made again after a conflict. */
const KEPT_MS = 10_000;

/**
 * Objects that were there a moment ago, as they last were. What is deleted as soon as it has ended, as a Job by a short
 * TTL, may be gone before the pass that is to see how it ended.
 */
export class Departed {
  readonly #clock: Clock;
  readonly #objects = new Map<string, { readonly object: JsonObject; readonly cancel: () => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(subject: string): JsonObject | undefined {
    return this.#objects.get(subject)?.object;
  }

  add(subject: string, object: JsonObject): void {
    this.drop(subject);
    const cancel = this.#clock.after(KEPT_MS, () => this.#objects.delete(subject));
    this.#objects.set(subject, { object, cancel });
  }

  drop(subject: string): void {
    this.#objects.get(subject)?.cancel();
    this.#objects.delete(subject);
  }

  clear(): void {
    for (const subject of this.#objects.keys()) this.drop(subject);
  }
}
