/** A Lease (coordination.k8s.io/v1), as far as an election looks at it. */
export interface LeaseRecord {
  /** Empty where nobody holds it: it was released. */
  readonly holder: string;
  /** For how long it is its holder's after it was last renewed, ms. */
  readonly durationMs: number;
  /** How often it went from one holder to another. */
  readonly transitions: number;
  /** Since when it is its holder's, as it stands there. */
  readonly acquireTime: string | undefined;
  readonly resourceVersion: string;
}

/** ms; client-go's by default. */
export interface Timings {
  /** For how long a Lease is its holder's after it was last renewed; whole seconds. */
  readonly leaseMs: number;
  /** A leader that has not renewed it for that long is none: less than the above, since no two clocks are alike. */
  readonly renewWithinMs: number;
  /** Between two attempts. */
  readonly retryMs: number;
}

export const TIMINGS: Timings = { leaseMs: 15_000, renewWithinMs: 10_000, retryMs: 2000 };

/**
 * What one candidate knows. All times are by its own clock: those that stand in a Lease are of somebody else's, and are for
 * people.
 */
export interface Standing {
  /** The Lease as it was last read, and when it was first read like that; undefined where there is none. */
  readonly seen: { readonly record: LeaseRecord; readonly since: number } | undefined;
  /** When the request was sent that last made it the leader or kept it that; undefined where it is none. */
  readonly heldSince: number | undefined;
}

export const NOTHING_SEEN: Standing = { seen: undefined, heldSince: undefined };

/** What to do about a Lease. `take` is from another holder, or from none; `renew` is of one's own. */
export type Move =
  | { readonly do: 'create' }
  | { readonly do: 'take' | 'renew'; readonly from: LeaseRecord }
  | { readonly do: 'wait' };

/**
 * Whether it is the leader. Its time begins when its request was sent, that of others when they have seen what came of it,
 * which is later: so they take the Lease after it has stopped, unless its clock is slower than theirs by a third.
 */
export function isHeld({ heldSince }: Standing, now: number, { renewWithinMs }: Timings): boolean {
  return heldSince !== undefined && now - heldSince < renewWithinMs;
}

/** The Lease was read. Whoever finds another's name in it leads no more. */
export function seeing(
  { seen, heldSince }: Standing,
  record: LeaseRecord | undefined,
  me: string,
  now: number,
): Standing {
  if (!record) return { seen: undefined, heldSince };
  const isSame = seen?.record.resourceVersion === record.resourceVersion;
  return {
    seen: { record, since: isSame ? seen.since : now },
    heldSince: record.holder === me ? heldSince : undefined,
  };
}

/** One's own write was stored. */
export function holding(record: LeaseRecord, sent: number, now: number): Standing {
  return { seen: { record, since: now }, heldSince: sent };
}

/** What to do now. A Lease that names oneself is one's own also where its time is over: nobody else has taken it. */
export function moveOf({ seen }: Standing, me: string, now: number, timings: Timings): Move {
  if (!seen) return { do: 'create' };
  const { record, since } = seen;
  if (record.holder === me) return { do: 'renew', from: record };
  if (record.holder === '' || now >= endOf(record, since, timings)) return { do: 'take', from: record };
  return { do: 'wait' };
}

/** It is never shorter than one's own would be: somebody may have edited it. */
function endOf({ durationMs }: LeaseRecord, since: number, { leaseMs }: Timings): number {
  return since + Math.max(durationMs, leaseMs);
}

/** In how many ms to look again although nothing was heard of it. */
export function nextLook({ seen }: Standing, me: string, now: number, timings: Timings): number {
  const { retryMs } = timings;
  if (!seen || seen.record.holder === me || seen.record.holder === '') return retryMs;
  return Math.min(retryMs, Math.max(0, endOf(seen.record, seen.since, timings) - now));
}
