import type { Write } from '../core/plan/plan.ts';
import { ApiError } from '../kube/api-error.ts';
import type { Result } from './write.ts';

/** The API server accepted a patch, and what it stored is not current all the same: something undid it on the way. */
export class Undone extends Error {
  override readonly name = 'Undone';
}

/** A write that is one object's own: what fails it says nothing of the others. */
type Own = Extract<Write, { do: (typeof OWN)[number] }>;
const OWN = [
  'add-finalizer',
  'patch-workload',
  'scale-down',
  'scale-down-empty',
  'release-job',
  'release-pod',
  'ask-order',
  'open-pod',
] as const;

/** A workload or a Pod that could not be written. */
export interface Failed {
  readonly write: Own;
  readonly error: ApiError | Undone;
}

export interface WriteOutcome<W extends Write> {
  /** The writes that the API server has stored. */
  readonly done: readonly W[];
  /** Whether something was learned that no watch will tell: it is to be looked at again. */
  readonly hasLearned: boolean;
  /** What kept single objects from being written: the reconcile is to be made again. */
  readonly failures: readonly Failed[];
}

/**
 * Makes the writes of a plan, in order. What is gone is fine. A refusal is remembered and the other writes go on: the
 * status will say it. So they do after the failure of one Pod, and after that of a workload's patch. Any other ends the
 * reconcile.
 *
 * @throws ApiError
 */
export async function act<W extends Write>(
  writes: readonly W[],
  perform: (write: W) => Promise<Result>,
): Promise<WriteOutcome<W>> {
  const done: W[] = [];
  const failures: Failed[] = [];
  let hasLearned = false;
  for (const write of writes) {
    if (waitsForPods(write, failures)) continue;
    try {
      const result = await perform(write);
      if (result === 'done') done.push(write);
      hasLearned ||= result === 'learned';
    } catch (error) {
      const failed = onesOwn(write, error);
      if (!failed) throw error;
      failures.push(failed);
      // It was counted, and may be one too many.
      hasLearned ||= error instanceof Undone;
    }
  }
  return { done, hasLearned, failures };
}

/** No Pod is deleted, and no gate released, before the Pods that wait have been opened. */
function waitsForPods(write: Write, failures: readonly Failed[]): boolean {
  return write.do !== 'open-pod' && failures.some((failed) => failed.write.do === 'open-pod');
}

/**
 * A target that changes all the time, or an object that a webhook refuses to have changed, keeps no other from what it is
 * to get, nor the status from being written; no answer may be everybody's.
 */
function onesOwn(write: Write, error: unknown): Failed | undefined {
  const isAnswer = error instanceof ApiError && error.status > 0 && error.status !== 429;
  if (!isOwn(write) || !(isAnswer || error instanceof Undone)) return undefined;
  return { write, error };
}

function isOwn(write: Write): write is Own {
  return OWN.some((own) => own === write.do);
}
