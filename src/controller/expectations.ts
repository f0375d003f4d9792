import { idOf, type Reference } from './reference.ts';

/** What the API server holds after a write of ours, until the stores have seen it. */
export interface Expectation {
  readonly object: Reference;
  readonly uid: string;
  /** The version to be seen, or a newer one; undefined when the object is to be gone. */
  readonly resourceVersion: string | undefined;
}

/** Looks an object up in the stores: its current version, or undefined where there is none. */
export type VersionOf = (
  object: Reference,
) => { readonly uid: string; readonly resourceVersion: string } | undefined;

/** A write that no watch has shown after this time is no longer waited for. */
export const EXPECTATION_LIMIT_MS = 5000;

/**
 * Which of our own writes the stores have not seen yet: a reconcile on a view that is behind would make the same writes
 * again. Of an object the last write counts, as its version is the newest.
 */
export class Expectations {
  readonly #pending = new Map<string, Expectation & { readonly until: number }>();

  expect(expectation: Expectation, now: number): void {
    this.#pending.set(idOf(expectation.object), { ...expectation, until: now + EXPECTATION_LIMIT_MS });
  }

  /** How long to wait for our own writes to be seen, ms; 0 when all have been. */
  unseenFor(versionOf: VersionOf, now: number): number {
    for (const [id, one] of this.#pending) {
      if (now >= one.until || isSeen(one, versionOf)) this.#pending.delete(id);
    }
    return Math.max(0, ...[...this.#pending.values()].map(({ until }) => until - now));
  }
}

/**
 * Whether a store is at least as new as our write. Resource versions are compared as numbers, which they are for all
 * built-in and custom resources (KEP-5504, comparable resource versions). An object that is gone or was made again has
 * been seen.
 */
function isSeen({ object, uid, resourceVersion }: Expectation, versionOf: VersionOf): boolean {
  const stored = versionOf(object);
  if (stored?.uid !== uid) return true;
  return resourceVersion !== undefined && BigInt(stored.resourceVersion) >= BigInt(resourceVersion);
}
