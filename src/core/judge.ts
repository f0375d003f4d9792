import { judgedCheckOf } from '../api/defaults.ts';
import { targetAnnotationValue } from '../api/names.ts';
import type { Dependency, GateSpec, ResourceCheck, ServiceCheck } from '../api/spec.ts';
import type { DependencyStatus, Render } from '../api/status.ts';
import { failureOf } from './conditions.ts';
import { EVALUATOR, type Evaluator } from './expression.ts';
import { judgeGate } from './judge-gate.ts';
import { judgeService } from './judge-service.ts';
import type { Judgement } from './judgement.ts';
import type { JsonObject, Sighting, World } from './model.ts';
import { conditionOf, type Readiness, readiness } from './readiness.ts';
import { targetKey } from './targets.ts';

/** What a dependency is judged with besides what is seen of it: what the status tells from earlier passes. */
interface Known {
  readonly expressions: Evaluator;
  /** A Job that completed for this very render. */
  readonly completed: Judgement['completed'];
  /** What was said of this very spec. */
  readonly said: DependencyStatus | undefined;
}

/**
 * Judges the dependencies that the operator judges, by their names. `current` is the render that Pods are compared with:
 * what an earlier one's Pods waited for is forgotten with it.
 */
export function judgements(
  world: World,
  spec: GateSpec,
  current: Render | undefined,
  expressions: Evaluator = EVALUATOR,
): Map<string, Judgement> {
  const judged = spec.dependencies.flatMap((dependency) => {
    const sighting = world.sightings.get(dependency.name) ?? { is: 'unseen' };
    const known = { expressions, ...knownOf(world, dependency.name, current) };
    const judgement = waitsForItself(dependency, spec) ?? judge(dependency, sighting, known);
    if (!judgement) return [];
    const held = judgement.is === 'unknown' ? { ...judgement, ...remembered(world, known.said) } : judgement;
    return [[dependency.name, held] as const];
  });
  return new Map(judged);
}

function knownOf({ gate }: World, name: string, current: Render | undefined): Omit<Known, 'expressions'> {
  const { render, observedGeneration, dependencies = [] } = gate.status;
  const before = dependencies.find((one) => one.name === name);
  // A gate that is suspended from its beginning has none, and remembers all the same.
  const isSameRender = render?.hash === current?.hash;
  return {
    completed: isSameRender ? before?.completed : undefined,
    said: observedGeneration === gate.generation ? before : undefined,
  };
}

/** What holds until something is seen, as after a restart: all that was said, and nothing opens by it. */
function remembered({ gate }: World, said: DependencyStatus | undefined): Partial<Judgement> {
  if (said?.answer === undefined || said.satisfied === undefined || isUnlooked(said.answer)) return {};
  const { name, answer, satisfied } = said;
  const open = gate.status.conditions?.find(({ type }) => type === 'Open');
  // Where no Pod has failed in it, it was the operator that called it failed; else the condition tells.
  const isLost = said.failed === 0 || open?.message.includes(failureOf({ name, answer }));
  const hasFailed = !satisfied && said.state === 'Failed' && isLost;
  return { answer, ...(hasFailed ? { is: 'failed' } : { wasSatisfied: satisfied }) };
}

/** A rollout, or a Job, that is to be complete before its own Pods start. A condition or an expression may ask for less. */
function waitsForItself({ resource }: Dependency, { targets }: GateSpec): Judgement | undefined {
  if (!resource || resource.condition || resource.expression !== undefined) return undefined;
  const { apiVersion, kind, name } = resource;
  // A CronJob is ready whatever becomes of its Jobs.
  if (kind === 'CronJob' || !/^(apps|batch)\//.test(apiVersion)) return undefined;
  if (!targets.some((target) => targetKey(target) === targetAnnotationValue(kind, name))) return undefined;
  const message = `${kind} ${name} is a target of this gate, and is not ready before its own Pods have started`;
  return { is: 'waiting', answer: message, fault: { reason: 'DependencyCycle', message } };
}

function judge(dependency: Dependency, sighting: Sighting, known: Known): Judgement | undefined {
  const made = judgedCheckOf(dependency);
  switch (made?.check) {
    case undefined:
      return undefined;
    case 'gate':
      return judgeGate(made.settings, sighting);
    case 'service':
      return judgeWatchedService(made.settings, sighting);
    case 'resource':
      return judgeResource(made.settings, sighting, known);
  }
}

function judgeWatchedService(service: ServiceCheck, sighting: Sighting): Judgement {
  return sighting.is === 'service'
    ? judgeService(service, sighting)
    : unseen(sighting, `Service ${service.name}`);
}

function judgeResource(resource: ResourceCheck, sighting: Sighting, known: Known): Judgement {
  const what = `${resource.kind} ${resource.name}`;
  const isRemembered = isJob(resource) && known.completed?.name === resource.name;
  const completed = isRemembered && known.completed ? { completed: known.completed } : {};
  const fault = faultOf(resource, sighting, known);
  if (fault !== undefined) {
    const why = { reason: 'InvalidExpression', message: fault } as const;
    return { is: 'waiting', answer: fault, fault: why, ...completed };
  }
  if (sighting.is === 'object') return judgeObject(resource, sighting.object, known);
  // What completed before is no longer there to be seen; an object of that name that is there counts by itself.
  const done = isRemembered ? completed : lastOf(resource, sighting, known);
  if (sighting.is === 'absent' && done.completed) {
    return { is: 'satisfied', answer: `${what} completed, and is gone since`, ...done };
  }
  return { ...unseen(sighting, what), ...completed };
}

/** A Job that completed and was deleted before a pass could see it. */
function lastOf(resource: ResourceCheck, sighting: Sighting, known: Known): Pick<Judgement, 'completed'> {
  if (sighting.is !== 'absent' || !sighting.last) return {};
  const { is, completed } = judgeObject(resource, sighting.last, known);
  return is === 'satisfied' && completed ? { completed } : {};
}

/** An expression may look at the gate's own namespace only: its author would learn, bit by bit, what they may not read. */
function faultOf(
  { kind, expression }: ResourceCheck,
  sighting: Sighting,
  { said, expressions }: Known,
): string | undefined {
  if (expression === undefined) return undefined;
  const why = expressions.check(expression);
  if (why !== undefined) return `the expression cannot be used: ${why}`;
  const outside = `${kind} has no namespace: an expression may not look at it, name a condition`;
  const isOutside =
    sighting.is === 'object' ? !sighting.isNamespaced : sighting.is === 'unseen' && said?.answer === outside;
  return isOutside ? outside : undefined;
}

function judgeObject(resource: ResourceCheck, object: JsonObject, { expressions }: Known): Judgement {
  const { is, message } = readinessOf(resource, object, expressions);
  if (is === 'ready') return { is: 'satisfied', answer: message, ...completedBy(resource, object) };
  return { is, answer: message };
}

function readinessOf(resource: ResourceCheck, object: JsonObject, expressions: Evaluator): Readiness {
  const { kind, name, condition, expression } = resource;
  if (condition) return conditionOf(object, condition.type, condition.status ?? 'True');
  if (expression === undefined) return readiness(object);
  const result = expressions.evaluate(expression, object);
  if (result.is === 'true') return { is: 'ready', message: `${kind} ${name}: the expression is true` };
  // A Job that has failed changes no more, whatever is asked of it; other kinds may, whatever they say of themselves.
  const own = readiness(object);
  if (isJob(resource) && own.is === 'failed') return own;
  const why = result.is === 'false' ? 'is false' : `cannot be evaluated: ${result.message}`;
  return { is: 'waiting', message: `${kind} ${name}: the expression ${why}` };
}

/** Only what has ended in order counts for ever: a Job that is merely `Suspended` may be all else tomorrow. */
function completedBy(resource: ResourceCheck, object: JsonObject): Pick<Judgement, 'completed'> {
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

/** Why nothing can be said of an object. */
function unseen(sighting: Sighting, what: string): Judgement {
  switch (sighting.is) {
    case 'absent':
      return { is: 'waiting', answer: `${what} does not exist` };
    case 'unknown kind':
    case 'forbidden':
      return { is: 'waiting', answer: sighting.message };
    default:
      return { is: 'unknown', answer: unlooked(what, sighting) };
  }
}

const UNLOOKED = ' has not been looked at yet';

function unlooked(what: string, sighting: Sighting): string {
  const problem = sighting.is === 'unseen' && sighting.problem !== undefined ? `: ${sighting.problem}` : '';
  return `${what}${UNLOOKED}${problem}`;
}

/** There is nothing in it to hold to: the next answer may tell more. */
function isUnlooked(answer: string): boolean {
  return answer.includes(UNLOOKED);
}
