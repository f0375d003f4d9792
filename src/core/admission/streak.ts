import type { Finding } from './written.ts';

/** So many writes in a row, by whomever and of whichever targets, that came without the containers. */
export const IDLE_AFTER = 3;

/** What the last writes of targets have shown of a policy. Times are ms since the epoch. */
export interface Streak {
  /** When targets came without the containers, since one came with them: the last few. */
  readonly skipped: readonly number[];
  /** When the last one came with them. */
  readonly placed: number | undefined;
}

export const UNTRIED: Streak = { skipped: [], placed: undefined };

/** Writes are told in any order, as after a restart, and count in that of their times. */
export function extend({ skipped, placed }: Streak, finding: Finding, at: number): Streak {
  if (finding === 'placed') {
    const last = Math.max(at, placed ?? at);
    return { skipped: skipped.filter((one) => one > last), placed: last };
  }
  if (placed !== undefined && at <= placed) return { skipped, placed };
  return { skipped: [...skipped, at].sort((a, b) => a - b).slice(-IDLE_AFTER), placed };
}

/** Whether a policy that is there does nothing. */
export function isIdle({ skipped }: Streak): boolean {
  return skipped.length >= IDLE_AFTER;
}
