import type { CompletedJob } from '../../api/completed-job.ts';
import type { DependencyReason } from '../../api/reasons.ts';
import type { Pod } from '../model.ts';

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
  /** The Jobs that completed: they count after they are gone. Kept while nothing is seen of them. */
  readonly completed?: readonly CompletedJob[];
  /** UIDs of the Pods that it opens, where it is evaluated for each Pod; else it opens all or none. */
  readonly opens?: ReadonlySet<string>;
  /** Why it can never be evaluated as it is written: the gate is stalled. */
  readonly fault?: {
    readonly reason: 'InvalidExpression' | 'InvalidSpec' | 'DependencyCycle';
    readonly message: string;
  };
}

/** Whether a Pod may go on, as far as a dependency that the operator evaluates is concerned. */
export function opensPod(
  { is, opens }: Pick<Evaluation, 'is' | 'opens'>,
  { uid }: Pick<Pod, 'uid'>,
): boolean {
  return opens ? opens.has(uid) : is === 'satisfied';
}
