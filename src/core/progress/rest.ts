import type { TargetReason } from '../../api/reasons.ts';
import type { Rest } from '../model.ts';

/** What is said of a workload that wants no Pods: a word for programs, and the end of a sentence that its name begins. */
export function restWords({ is, message }: Rest): { readonly reason: TargetReason; readonly words: string } {
  const { reason, words } = WORDS[is];
  return { reason, words: message === '' ? words : `${words}: ${message}` };
}

const WORDS: Readonly<Record<Rest['is'], ReturnType<typeof restWords>>> = {
  'scaled to zero': { reason: 'ScaledToZero', words: 'is scaled to zero' },
  'without a node': { reason: 'NoNode', words: 'has no node to run on' },
  suspended: { reason: 'Suspended', words: 'is suspended' },
  'between runs': { reason: 'BetweenRuns', words: 'has no Pod between its runs' },
  completed: { reason: 'JobCompleted', words: 'completed' },
  failed: { reason: 'JobFailed', words: 'failed' },
};
