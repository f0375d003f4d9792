import type { CompletedJob } from '../../api/completed-job.ts';
import type { ResourceCheck } from '../../api/spec.ts';
import type { DependencyStatus } from '../../api/status.ts';
import type { Evaluator } from '../expression/evaluator.ts';
import type { JsonObject, Observation, Pod } from '../model.ts';
import { isCompletedJob } from '../readiness/readiness.ts';
import { type Answer, answerOfObject, type Candidate, POSTPONED_ANSWER } from './answer-object.ts';
import { answerOfAll, type Candidates, resourceWords, type Seen } from './answer-resource.ts';
import { objectOf, remembered, type SeenJob } from './completed.ts';
import { evaluatePods } from './evaluate-pods.ts';
import type { Evaluation } from './evaluation.ts';
import { factsOf, type ObjectFacts } from './object-facts.ts';
import { type Asked, isForEachPod, isJob } from './question.ts';
import { unseen } from './unseen.ts';

/** What a dependency is evaluated with besides what is seen of it: what the status tells from earlier reconciles. */
export interface Remembered {
  readonly expressions: Evaluator;
  /** Jobs that completed when the very same was asked, of whichever name. */
  readonly completed: readonly CompletedJob[];
  /** What was said of it, evaluated by the very same. */
  readonly said: DependencyStatus | undefined;
  /** As what it was evaluated to have failed, and not of a Pod in its container. */
  readonly failed: Evaluated | undefined;
  /** The Pods that wait for it now. */
  readonly waiting: readonly Pod[];
}

type Evaluated = Pick<Evaluation, 'reason' | 'answer'>;

/**
 * Evaluates any objects: by a condition, an expression, or by what says of their kind that they are ready; and for each Pod
 * by itself where that is asked for.
 */
export function evaluateResource(
  resource: ResourceCheck,
  observation: Observation,
  known: Remembered,
): Evaluation {
  const { expression } = resource;
  const check = expression === undefined ? undefined : known.expressions.check(expression);
  const kept = known.completed.length > 0 ? { completed: known.completed } : {};
  if (expression !== undefined && !check) return { ...POSTPONED_ANSWER, ...kept };
  const fault = faultOf(resource, check?.problem, observation, known);
  if (fault) return { is: 'waiting', ...fault, ...kept };
  const looked = lookedAt(observation);
  if (!looked) return { ...unseen(observation, resourceWords(resource)), ...kept };
  const asked = { resource, reads: check?.reads };
  const completed = isJob(resource) ? remember(asked, looked, known) : [];
  const seen = { candidates: candidatesOf(asked, looked.there, completed), isTooMany: looked.isTooMany };
  const evaluation = isForEachPod(asked)
    ? evaluatePods(asked, seen, known.waiting, known.expressions)
    : evaluateForAll(asked, looked, seen, known);
  return { ...evaluation, ...(completed.length > 0 && { completed }) };
}

interface Found {
  readonly object: JsonObject;
  readonly facts: ObjectFacts;
}

/** What is there, and what was a moment ago. */
interface Looked {
  readonly there: readonly Found[];
  readonly gone: readonly Found[];
  readonly isTooMany: boolean;
}

function lookedAt(observation: Observation): Looked | undefined {
  switch (observation.is) {
    case 'object':
      return { there: [found(observation.object)], gone: [], isTooMany: false };
    case 'absent':
      return { there: [], gone: observation.last ? [found(observation.last)] : [], isTooMany: false };
    case 'objects': {
      const { objects, gone, isTooMany } = observation;
      return { there: objects.map(found), gone: gone.map(found), isTooMany };
    }
    default:
      return undefined;
  }
}

function found(object: JsonObject): Found {
  return { object, facts: factsOf(object) };
}

function remember(asked: Asked, { there, gone }: Looked, known: Remembered): CompletedJob[] {
  const seen = [...gone, ...there].map(({ object, facts }): SeenJob => {
    return { facts, isDone: isDone(asked, object, known) };
  });
  return remembered(asked, known.completed, seen);
}

/**
 * Only what has ended in order counts for ever: a Job that is merely `Suspended` may be all else tomorrow. What an expression
 * says of it and a Pod is found when there is one.
 */
function isDone({ resource, reads }: Asked, object: JsonObject, { expressions }: Remembered): boolean {
  if (!isCompletedJob(object)) return false;
  return reads?.pod !== undefined || answerOfObject(resource, object, expressions).is === 'satisfied';
}

/** What is there counts before what is remembered of the same name, and the latest of that first. */
function candidatesOf(asked: Asked, there: readonly Found[], completed: readonly CompletedJob[]): Candidates {
  const live = there.map(({ object, facts }): Candidate => ({ facts, is: { object } }));
  const uids = new Set(live.map(({ facts }) => facts.uid));
  const { name } = asked.resource;
  const gone = completed
    .filter((one) => !one.superseded && !uids.has(one.uid) && (name === undefined || one.name === name))
    .map((one): Candidate => ({ facts: factsOf(objectOf(asked.resource, one)), is: { gone: one } }));
  return Map.groupBy([...live, ...gone.reverse()], ({ facts }) => facts.name);
}

/** One answer for all Pods. A Job that failed and is gone has failed, until there is another. */
function evaluateForAll(asked: Asked, looked: Looked, seen: Seen, known: Remembered): Answer {
  if (seen.candidates.size > 0 || !isJob(asked.resource)) {
    return answerOfAll(asked, seen, undefined, known.expressions);
  }
  const last = looked.gone.map(({ object }) => answerOfObject(asked.resource, object, known.expressions));
  const failed = last.find(({ is }) => is === 'failed') ?? known.failed;
  return failed
    ? { is: 'failed', ...failedAndGone(failed) }
    : answerOfAll(asked, seen, undefined, known.expressions);
}

function failedAndGone({ reason, answer }: Evaluated): Evaluated {
  const isTold = reason === 'JobFailedAndGone';
  return { reason: 'JobFailedAndGone', answer: isTold ? answer : `${answer}, and is gone since` };
}

/** What is said of an expression that nothing can be evaluated with. */
export function unusable(problem: string): string {
  return `the expression cannot be used: ${problem}`;
}

type Fault = Evaluated & Required<Pick<Evaluation, 'fault'>>;

/**
 * Only objects of the gate's own namespace may be asked: the author would learn of others, bit by bit, what they may not read.
 */
function faultOf(
  { kind, expression, selector, matchPod }: ResourceCheck,
  problem: string | undefined,
  observation: Observation,
  { said }: Remembered,
): Fault | undefined {
  if (problem !== undefined) return fault('InvalidExpression', 'InvalidExpression', unusable(problem));
  const isOutside = (reason: Evaluated['reason']) =>
    observation.is === 'object' || observation.is === 'objects'
      ? !observation.isNamespaced
      : observation.is === 'unseen' && said?.reason === reason;
  if (expression !== undefined && isOutside('ExpressionOutsideNamespace')) {
    const answer = `${kind} has no namespace: an expression may not look at it, name a condition`;
    return fault('ExpressionOutsideNamespace', 'InvalidExpression', answer);
  }
  if ((selector || matchPod) && isOutside('MatchOutsideNamespace')) {
    const answer = `${kind} has no namespace: neither selector nor matchPod may look at it, give a name alone`;
    return fault('MatchOutsideNamespace', 'InvalidSpec', answer);
  }
  return undefined;
}

function fault(
  reason: Evaluated['reason'],
  stall: Required<Evaluation>['fault']['reason'],
  answer: string,
): Fault {
  return { reason, answer, fault: { reason: stall, message: answer } };
}
