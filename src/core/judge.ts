import { judgedCheckOf } from '../api/defaults.ts';
import type { Dependency, GateSpec, ResourceCheck, ServiceCheck } from '../api/spec.ts';
import type { DependencyStatus, Render } from '../api/status.ts';
import { checkExpression, evaluateExpression } from './expression.ts';
import { judgeGate } from './judge-gate.ts';
import { judgeService } from './judge-service.ts';
import type { JsonObject, Sighting, World } from './model.ts';
import { conditionOf, type Readiness, readiness } from './readiness.ts';

/** What the operator makes of a dependency that it judges. */
export interface Judgement {
  /**
   * `unknown`: nothing has been seen yet; what the status says holds until something is. Nothing but `satisfied` opens.
   * `failed`: it will not come by itself.
   */
  readonly is: 'satisfied' | 'waiting' | 'failed' | 'unknown';
  /** For people. Never holds anything of an object that an expression was asked about. */
  readonly answer: string;
  /** The Job that completed: it counts after it is gone. */
  readonly completed?: NonNullable<DependencyStatus['completed']>;
  /** Why it can never be judged as it is written: the gate is stalled. */
  readonly fault?: { readonly reason: 'InvalidExpression' | 'DependencyCycle'; readonly message: string };
}

/**
 * Judges the dependencies that the operator judges, by their names. `current` is the render that Pods are compared with:
 * what an earlier one's Pods waited for is forgotten with it.
 */
export function judgements(
  world: World,
  spec: GateSpec,
  current: Render | undefined,
): Map<string, Judgement> {
  const { render, dependencies = [] } = world.gate.status;
  const isSameRender = render !== undefined && render.hash === current?.hash;
  const judged = spec.dependencies.flatMap((dependency) => {
    const sighting = world.sightings.get(dependency.name) ?? { is: 'unseen' };
    const before = dependencies.find(({ name }) => name === dependency.name);
    const judgement = judge(dependency, sighting, isSameRender ? before?.completed : undefined);
    return judgement ? [[dependency.name, judgement] as const] : [];
  });
  return new Map(judged);
}

function judge(
  dependency: Dependency,
  sighting: Sighting,
  completed: Judgement['completed'],
): Judgement | undefined {
  const made = judgedCheckOf(dependency);
  switch (made?.check) {
    case undefined:
      return undefined;
    case 'gate':
      return judgeGate(made.settings, sighting);
    case 'service':
      return judgeWatchedService(made.settings, sighting);
    case 'resource':
      return judgeResource(made.settings, sighting, completed);
  }
}

function judgeWatchedService(service: ServiceCheck, sighting: Sighting): Judgement {
  return sighting.is === 'service'
    ? judgeService(service, sighting)
    : unseen(sighting, `Service ${service.name}`);
}

function judgeResource(
  resource: ResourceCheck,
  sighting: Sighting,
  completed: Judgement['completed'],
): Judgement {
  const what = `${resource.kind} ${resource.name}`;
  const fault = faultOf(resource, sighting);
  if (fault !== undefined) {
    return { is: 'waiting', answer: fault, fault: { reason: 'InvalidExpression', message: fault } };
  }
  if (sighting.is === 'object') return judgeObject(resource, sighting.object);
  // What completed before is no longer there to be seen; an object of that name that is there counts by itself.
  if (sighting.is === 'absent' && completed?.name === resource.name && isJob(resource)) {
    return { is: 'satisfied', answer: `${what} completed, and is gone since`, completed };
  }
  return unseen(sighting, what);
}

/** An expression may look at the gate's own namespace only: its author would learn, bit by bit, what they may not read. */
function faultOf({ kind, expression }: ResourceCheck, sighting: Sighting): string | undefined {
  if (expression === undefined) return undefined;
  const why = checkExpression(expression);
  if (why !== undefined) return `the expression cannot be used: ${why}`;
  const isOutside = sighting.is === 'object' && !sighting.isNamespaced;
  return isOutside
    ? `${kind} has no namespace: an expression may not look at it, name a condition`
    : undefined;
}

function judgeObject(resource: ResourceCheck, object: JsonObject): Judgement {
  const { is, message } = readinessOf(resource, object);
  if (is === 'ready') return { is: 'satisfied', answer: message, ...completedBy(resource, object) };
  return { is, answer: message };
}

function readinessOf({ kind, name, condition, expression }: ResourceCheck, object: JsonObject): Readiness {
  if (condition) return conditionOf(object, condition.type, condition.status ?? 'True');
  if (expression === undefined) return readiness(object);
  // A Job that has failed never completes, whatever is asked of it.
  const own = readiness(object);
  const result = evaluateExpression(expression, object);
  if (result.is === 'true') return { is: 'ready', message: `${kind} ${name}: the expression is true` };
  if (own.is === 'failed') return own;
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
      return { is: 'unknown', answer: `${what} has not been looked at yet` };
  }
}
