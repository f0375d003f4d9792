import type { DependencyReason } from '../../api/reasons.ts';
import type { DependencyStatus } from '../../api/status.ts';

/** What the operator makes of a dependency that it evaluates. */
export interface Evaluation {
  /**
   * `unknown`: nothing has been seen yet; what the status says holds until something is. Nothing but `satisfied` opens.
   * `failed`: it will not come by itself.
   */
  readonly is: 'satisfied' | 'waiting' | 'failed' | 'unknown';
  /** For programs, and the operator itself: nothing reads the words of the answer. */
  readonly reason: DependencyReason;
  /** For people. Never holds anything of an object that an expression was asked about. */
  readonly answer: string;
  /** Of `unknown`: it was satisfied when it was last seen, as the status tells. */
  readonly wasSatisfied?: boolean;
  /** The Job that completed: it counts after it is gone. Kept while nothing is seen of it. */
  readonly completed?: NonNullable<DependencyStatus['completed']>;
  /** Why it can never be evaluated as it is written: the gate is stalled. */
  readonly fault?: { readonly reason: 'InvalidExpression' | 'DependencyCycle'; readonly message: string };
}
