import type { RECONCILE_RESULTS } from '../api/metric-catalog.ts';
import { ApiError, isConflict, isForbidden, isNamespaceGone, isTransient } from '../kube/api-error.ts';
import { isFenced } from '../kube/client/fenced.ts';
import { Undone } from './act.ts';

/** Why a reconcile did not end well: the label of its metric. */
export type Failure = Exclude<keyof typeof RECONCILE_RESULTS, 'success'>;

export interface FailureHandling {
  readonly failure: Failure;
  readonly level: 'debug' | 'warn' | 'error';
  /** What the server asks to wait before the next try, ms; undefined leaves it to the back-off. */
  readonly waitMs: number | undefined;
}

/**
 * The one place where an error becomes a decision. Every failure is followed by another reconcile after a back-off: a reconcile is
 * made from what is observed, so there is nothing else to undo or to keep.
 */
export function classifyFailure(error: unknown): FailureHandling {
  if (isConflict(error)) return { failure: 'conflict', level: 'debug', waitMs: undefined };
  // Who leads now does it.
  if (isFenced(error)) return { failure: 'transient', level: 'debug', waitMs: undefined };
  if (error instanceof Undone) return { failure: 'undone', level: 'warn', waitMs: undefined };
  if (isTransient(error)) return { failure: 'transient', level: 'warn', waitMs: error.retryAfterMs };
  // Where it lasts the gate, the Events and the probe tell of it: at first the API server may just have started.
  if (isForbidden(error)) return { failure: 'refused', level: 'warn', waitMs: undefined };
  if (error instanceof ApiError) return { failure: 'refused', level: 'error', waitMs: undefined };
  return { failure: 'bug', level: 'error', waitMs: undefined };
}

/**
 * How loudly a watch is told that failed and is taken up again. A quiet resource of a server that sends no bookmarks is
 * silent for long, and a busy server asks for patience: both are expected.
 */
export function levelOfWatch(error: unknown): 'debug' | 'warn' {
  const isExpected = error instanceof ApiError && (error.reason === 'Idle' || error.status === 429);
  return isExpected ? 'debug' : 'warn';
}

/** How loudly an Event is told that could not be recorded. What is about to go with its namespace is missed by nobody. */
export function levelOfEvent(error: unknown): 'debug' | 'warn' {
  return isNamespaceGone(error) || isFenced(error) ? 'debug' : 'warn';
}
