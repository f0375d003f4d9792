import type { TargetReason } from '../../api/reasons.ts';
import type { Rest, Workload } from '../model.ts';

/** What is said of a workload that wants no Pods: a word for programs, and the end of a sentence that its name begins. */
export function restWords(
  { is, message }: Rest,
  resumedBy?: Workload['resumedBy'],
): { readonly reason: TargetReason; readonly words: string } {
  const { reason, words } = WORDS[is];
  if (is === 'suspended' && resumedBy) return { reason, words: SUSPENDED[resumedBy] };
  return { reason, words: message === '' ? words : `${words}: ${message}` };
}

const SUSPENDED = {
  operator: 'is suspended until the gates that it requires are in force for it',
  others:
    'is suspended by somebody else, and may be resumed when the gates that it requires are in force for it',
};

const WORDS: Readonly<Record<Rest['is'], ReturnType<typeof restWords>>> = {
  'scaled to zero': { reason: 'ScaledToZero', words: 'is scaled to zero' },
  'without a node': { reason: 'NoNode', words: 'has no node to run on' },
  suspended: { reason: 'Suspended', words: 'is suspended' },
  'between runs': { reason: 'BetweenRuns', words: 'has no Pod between its runs' },
  completed: { reason: 'JobCompleted', words: 'completed' },
  failed: { reason: 'JobFailed', words: 'failed' },
};
