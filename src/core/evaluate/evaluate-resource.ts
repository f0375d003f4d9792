import type { ResourceCheck } from '../../api/spec.ts';
import type { DependencyStatus } from '../../api/status.ts';
import type { Evaluator } from '../expression/expression.ts';
import type { JsonObject, Observation } from '../model.ts';
import { conditionOf, type Readiness, readiness } from '../readiness/readiness.ts';
import type { Evaluation } from './evaluation.ts';
import { unseen } from './unseen.ts';

/** What a dependency is evaluated with besides what is seen of it: what the status tells from earlier reconciles. */
export interface Remembered {
  readonly expressions: Evaluator;
  /** A Job that completed when it was looked at for the very same. */
  readonly completed: Evaluation['completed'];
  /** What was said of it, evaluated by the very same. */
  readonly said: DependencyStatus | undefined;
  /** As what it was evaluated to have failed, and not of a Pod in its container. */
  readonly failed: Evaluated | undefined;
}

type Evaluated = Pick<Evaluation, 'reason' | 'answer'>;

const GONE = ', and is gone since';

const POSTPONED = {
  is: 'unknown',
  reason: 'EvaluationPostponed',
  message:
    "the expression has not been evaluated yet: the expressions of this namespace's gates use more than their share of the operator's time, 3 s a minute",
} as const;

/** Evaluates any object: by a condition, an expression, or by what says of its kind that it is ready. */
export function evaluateResource(
  resource: ResourceCheck,
  observation: Observation,
  known: Remembered,
): Evaluation {
  const what = `${resource.kind} ${resource.name}`;
  const isRemembered = isJob(resource) && known.completed?.name === resource.name;
  const completed = isRemembered && known.completed ? { completed: known.completed } : {};
  const fault = faultOf(resource, observation, known);
  if (fault !== undefined) {
    const why = { reason: 'InvalidExpression', message: fault.answer } as const;
    return { is: 'waiting', ...fault, fault: why, ...completed };
  }
  if (observation.is === 'object') {
    const evaluation = evaluateObject(resource, observation.object, known);
    return evaluation.is === 'unknown' ? { ...evaluation, ...completed } : evaluation;
  }
  const ended =
    observation.is === 'absent' && isJob(resource) ? endedJob(resource, observation.last, known) : undefined;
  return ended ?? { ...unseen(observation, what), ...completed };
}

/** What was seen to end has ended, also when it is no longer there; an object of that name that is there counts by itself. */
function endedJob(
  resource: ResourceCheck,
  last: JsonObject | undefined,
  known: Remembered,
): Evaluation | undefined {
  const { completed } = known;
  if (completed?.name === resource.name) return { is: 'satisfied', ...completedAndGone(resource), completed };
  // It ended and was deleted before a reconcile could see it.
  const ended = last && evaluateObject(resource, last, known);
  if (ended?.is === 'satisfied' && ended.completed) return { ...ended, ...completedAndGone(resource) };
  const failed = ended?.is === 'failed' ? ended : known.failed;
  return failed && { is: 'failed', ...failedAndGone(failed) };
}

function completedAndGone({ kind, name }: ResourceCheck): Evaluated {
  return { reason: 'JobCompletedAndGone', answer: `${kind} ${name} completed${GONE}` };
}

function failedAndGone({ reason, answer }: Evaluated): Evaluated {
  const isTold = reason === 'JobFailedAndGone';
  return { reason: 'JobFailedAndGone', answer: isTold ? answer : `${answer}${GONE}` };
}

/** An expression may look at the gate's own namespace only: its author would learn, bit by bit, what they may not read. */
function faultOf(
  { kind, expression }: ResourceCheck,
  observation: Observation,
  { said, expressions }: Remembered,
): Evaluated | undefined {
  if (expression === undefined) return undefined;
  const why = expressions.check(expression);
  if (why !== undefined)
    return { reason: 'InvalidExpression', answer: `the expression cannot be used: ${why}` };
  const isOutside =
    observation.is === 'object'
      ? !observation.isNamespaced
      : observation.is === 'unseen' && said?.reason === 'ExpressionOutsideNamespace';
  const answer = `${kind} has no namespace: an expression may not look at it, name a condition`;
  return isOutside ? { reason: 'ExpressionOutsideNamespace', answer } : undefined;
}

function evaluateObject(
  resource: ResourceCheck,
  object: JsonObject,
  { expressions }: Remembered,
): Evaluation {
  const { is, reason, message: answer } = readinessOf(resource, object, expressions);
  if (is === 'ready') return { is: 'satisfied', reason, answer, ...completedBy(resource, object) };
  return { is, reason, answer };
}

function readinessOf(
  resource: ResourceCheck,
  object: JsonObject,
  expressions: Evaluator,
): Readiness | typeof POSTPONED {
  const { kind, name, condition, expression } = resource;
  if (condition) return conditionOf(object, condition.type, condition.status ?? 'True');
  if (expression === undefined) return readiness(object);
  const result = expressions.evaluate(expression, object);
  if (result.is === 'postponed') return POSTPONED;
  const begin = `${kind} ${name}: the expression`;
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

/** Only what has ended in order counts for ever: a Job that is merely `Suspended` may be all else tomorrow. */
function completedBy(resource: ResourceCheck, object: JsonObject): Pick<Evaluation, 'completed'> {
  const uid = uidOf(object);
  const isDone = isJob(resource) && readiness(object).is === 'ready';
  return isDone && uid !== undefined ? { completed: { name: resource.name, uid } } : {};
}

function uidOf({ metadata }: JsonObject): string | undefined {
  const isObject = typeof metadata === 'object' && metadata !== null && 'uid' in metadata;
  return isObject && typeof metadata.uid === 'string' ? metadata.uid : undefined;
}

function isJob({ apiVersion, kind }: ResourceCheck): boolean {
  return kind === 'Job' && apiVersion.startsWith('batch/');
}
