import type { CompletedJob } from '../../api/completed-job.ts';
import type { ResourceCheck } from '../../api/spec.ts';
import type { Evaluator } from '../expression/evaluator.ts';
import type { JsonObject } from '../model.ts';
import type { PodFacts } from '../pod-facts.ts';
import { viewOf } from '../readiness/object-view.ts';
import { conditionOf, type Readiness, readiness } from '../readiness/readiness.ts';
import { objectOf } from './completed.ts';
import type { Evaluation } from './evaluation.ts';
import type { ObjectFacts } from './object-facts.ts';
import { type Asked, isJob, podFor } from './question.ts';

/** What one object, or one Job that is remembered, means for a dependency. */
export type Answer = Pick<Evaluation, 'is' | 'reason' | 'answer'>;

/** An object that a dependency may be evaluated by: one that is there, or a Job that completed and is gone. */
export interface Candidate {
  readonly facts: ObjectFacts;
  readonly is: { readonly object: JsonObject } | { readonly gone: CompletedJob };
}

const POSTPONED = {
  is: 'unknown',
  reason: 'EvaluationPostponed',
  message:
    "the expression has not been evaluated yet: the expressions of this namespace's gates use more than their share of the operator's time, 3 s a minute",
} as const;

/** What is said where an expression has not been looked at. */
export const POSTPONED_ANSWER: Answer = {
  is: POSTPONED.is,
  reason: POSTPONED.reason,
  answer: POSTPONED.message,
};

/** What a candidate means, for a Pod where the expression looks at one. */
export function answerOf(
  asked: Asked,
  candidate: Candidate,
  pod: PodFacts | undefined,
  expressions: Evaluator,
): Answer {
  const { resource, reads } = asked;
  const of = pod && reads?.pod ? podFor(asked, pod) : undefined;
  if ('object' in candidate.is) return answerOfObject(resource, candidate.is.object, expressions, of);
  const gone = { is: 'satisfied', ...completedAndGone(resource, candidate.is.gone.name) } as const;
  if (!of) return gone;
  const answer = answerOfObject(resource, objectOf(resource, candidate.is.gone), expressions, of);
  return answer.is === 'satisfied' ? gone : answer;
}

export function completedAndGone(
  { kind }: ResourceCheck,
  name: string,
): Pick<Evaluation, 'reason' | 'answer'> {
  return { reason: 'JobCompletedAndGone', answer: `${kind} ${name} completed, and is gone since` };
}

export function answerOfObject(
  resource: ResourceCheck,
  object: JsonObject,
  expressions: Evaluator,
  pod?: JsonObject,
): Answer {
  const { is, reason, message } = readinessOf(resource, object, expressions, pod);
  return { is: is === 'ready' ? 'satisfied' : is, reason, answer: message };
}

function readinessOf(
  resource: ResourceCheck,
  object: JsonObject,
  expressions: Evaluator,
  pod: JsonObject | undefined,
): Readiness | typeof POSTPONED {
  const { condition, expression } = resource;
  if (condition) return conditionOf(object, condition.type, condition.status ?? 'True');
  if (expression === undefined) return readiness(object);
  const result = expressions.evaluate(expression, object, pod);
  if (result.is === 'postponed') return POSTPONED;
  const begin = `${viewOf(object).label}: the expression`;
  if (result.is === 'true') return { is: 'ready', reason: 'ExpressionTrue', message: `${begin} is true` };
  // A Job that has failed changes no more, whatever is asked of it; other kinds may, whatever they say of themselves.
  const own = readiness(object);
  if (isJob(resource) && own.is === 'failed') return own;
  return result.is === 'false'
    ? { is: 'waiting', reason: 'ExpressionFalse', message: `${begin} is false` }
    : {
        is: 'waiting',
        reason: 'ExpressionFailed',
        message: `${begin} cannot be evaluated: ${result.message}`,
      };
}
