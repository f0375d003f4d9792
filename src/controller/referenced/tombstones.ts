import type { Clock } from '../../kube/clock.ts';

/** Longer than a reconcile takes that must be made again after a conflict. */
const KEPT_MS = 10_000;

/**
 * Objects that were there a moment ago, as they last were. What is deleted as soon as it has ended, as a Job by a short
 * TTL, may be gone before the reconcile that is to see how it ended.
 */
export class Tombstones<T> {
  readonly #clock: Clock;
  readonly #objects = new Map<string, { readonly object: T; readonly cancel: () => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(reference: string): T | undefined {
    return this.#objects.get(reference)?.object;
  }

  values(): T[] {
    return [...this.#objects.values()].map(({ object }) => object);
  }

  add(reference: string, object: T): void {
    this.drop(reference);
    const cancel = this.#clock.after(KEPT_MS, () => this.#objects.delete(reference));
    this.#objects.set(reference, { object, cancel });
  }

  drop(reference: string): void {
    this.#objects.get(reference)?.cancel();
    this.#objects.delete(reference);
  }

  clear(): void {
    for (const reference of this.#objects.keys()) this.drop(reference);
  }
}
