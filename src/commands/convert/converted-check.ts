import type { Dependency } from '../../api/spec.ts';

/** What a gate checks instead of a program, and what is different then. */
export interface Check {
  readonly check: Omit<Dependency, 'name'>;
  readonly remarks: readonly string[];
}

/** What a program of a wait means, by its arguments. Throws `Unclear` for what a gate has no words for. */
export type Recognize = (args: readonly string[]) => Check[];

/** A remark on what stops waiting by itself. */
export const NEVER_GIVES_UP =
  'the program gives up after a time and starts again; the gate waits, and says when it is overdue';
