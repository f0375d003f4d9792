import type { Pod, Refusal, Repair } from '../core/model.ts';
import { openingKey } from '../core/plan/open.ts';
import { DISPUTE_WINDOW_MS, removalMark } from '../core/progress/dispute.ts';

/** What the API server holds after a write of ours, until the stores have seen it. */
interface Expectation {
  /** `<Kind>/<namespace>/<name>` */
  readonly object: string;
  readonly uid: string;
  /** The version to be seen, or a newer one; undefined when the object is to be gone. */
  readonly resourceVersion: string | undefined;
  readonly until: number;
}

/** What is remembered of one gate between two passes: nothing that could not be found out again after a restart. */
interface Recollection {
  triedRender: string | undefined;
  refusals: readonly Refusal[];
  repairs: readonly Repair[];
  openings: ReadonlyMap<string, number>;
  expectations: readonly Expectation[];
  /** What has been told in an Event and still holds. */
  told: ReadonlySet<string>;
}

const NOTHING = { triedRender: undefined, refusals: [], repairs: [], openings: new Map() } as const;

/** Looks an object up in the stores: its current version, or undefined where there is none. */
export type VersionOf = (
  object: string,
) => { readonly uid: string; readonly resourceVersion: string } | undefined;

/** A write that no watch has shown after this time is no longer waited for. */
export const EXPECTATION_LIMIT_MS = 5000;

/**
 * The memory of the passes, by gate. It holds what was refused, and which of our own writes the stores have not seen yet:
 * a pass on a store that is behind would make the same writes again.
 */
export class Memory {
  readonly #gates = new Map<string, Recollection>();

  recall(gate: string): Pick<Recollection, 'triedRender' | 'refusals' | 'repairs' | 'openings'> {
    const { triedRender, refusals, repairs, openings } = this.#gates.get(gate) ?? NOTHING;
    return { triedRender, refusals, repairs, openings };
  }

  renderAccepted(gate: string, hash: string): void {
    const known = this.#of(gate);
    known.triedRender = hash;
    known.refusals = known.refusals.filter(({ of }) => of !== 'render');
  }

  refused(gate: string, refusal: Refusal): void {
    const known = this.#of(gate);
    known.refusals = [...known.refusals.filter((one) => !isSameSubject(one, refusal)), refusal];
  }

  /** A workload was patched: what was refused of it is void, and the repair is counted. */
  targetAccepted(gate: string, repair: Repair): void {
    const known = this.#of(gate);
    const { target, at } = repair;
    known.repairs = [...known.repairs.filter((one) => at - one.at < DISPUTE_WINDOW_MS), repair];
    known.refusals = known.refusals.filter((one) => one.of !== 'target' || one.target !== target);
  }

  /** A Pod's annotations were written. */
  opened(gate: string, pod: Pick<Pod, 'uid'>, annotations: readonly string[], at: number): void {
    const known = this.#of(gate);
    known.openings = new Map([
      ...known.openings,
      ...annotations.map((one) => [openingKey(pod, one), at] as const),
    ]);
  }

  /** Forgets what is known of Pods that are gone. */
  keepPods(gate: string, uids: ReadonlySet<string>): void {
    const known = this.#gates.get(gate);
    if (!known || known.openings.size === 0) return;
    known.openings = new Map([...known.openings].filter(([key]) => uids.has(key.slice(0, key.indexOf(' ')))));
  }

  expect(gate: string, expectation: Omit<Expectation, 'until'>, now: number): void {
    const known = this.#of(gate);
    known.expectations = [...known.expectations, { ...expectation, until: now + EXPECTATION_LIMIT_MS }];
  }

  /** How long to wait for our own writes to be seen, ms; 0 when all have been. */
  unseenFor(gate: string, versionOf: VersionOf, now: number): number {
    const known = this.#gates.get(gate);
    if (!known) return 0;
    known.expectations = known.expectations.filter((one) => now < one.until && !isSeen(one, versionOf));
    return Math.max(0, ...known.expectations.map(({ until }) => until - now));
  }

  /** Of what holds now, that which did not hold the last time. */
  tellOnce(gate: string, now: ReadonlySet<string>): ReadonlySet<string> {
    const told = this.#gates.get(gate)?.told ?? new Set();
    if (now.size > 0 || told.size > 0) this.#of(gate).told = now;
    return new Set([...now].filter((one) => !told.has(one)));
  }

  /**
   * Forgets a gate of which nothing is left, but for the removals of its orphans: who keeps bringing them back is known by
   * these.
   *
   * @returns in how many ms the last of them is past
   */
  fade(gate: string, now: number): number | undefined {
    const repairs = this.recall(gate).repairs.filter(
      ({ hash, at }) => hash === removalMark() && now - at < DISPUTE_WINDOW_MS,
    );
    this.#gates.delete(gate);
    const last = repairs.at(-1);
    if (!last) return undefined;
    this.#of(gate).repairs = repairs;
    return last.at + DISPUTE_WINDOW_MS - now;
  }

  #of(gate: string): Recollection {
    const known = this.#gates.get(gate) ?? {
      triedRender: undefined,
      refusals: [],
      repairs: [],
      openings: new Map(),
      expectations: [],
      told: new Set<string>(),
    };
    this.#gates.set(gate, known);
    return known;
  }
}

function isSameSubject(a: Refusal, b: Refusal): boolean {
  return a.of === b.of && (a.of === 'render' || a.target === b.target);
}

/**
 * Whether a store is at least as new as our write. Resource versions are compared as numbers, which they are for all
 * built-in and custom resources (KEP-5504, comparable resource versions). An object that is gone or was made anew has
 * been seen.
 */
function isSeen({ object, uid, resourceVersion }: Expectation, versionOf: VersionOf): boolean {
  const stored = versionOf(object);
  if (stored?.uid !== uid) return true;
  return resourceVersion !== undefined && BigInt(stored.resourceVersion) >= BigInt(resourceVersion);
}
