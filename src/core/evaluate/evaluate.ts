import { targetAnnotationValue } from '../../api/names.ts';
import { type DependencyReason, isDependencyReason } from '../../api/reasons.ts';
import { evaluatedCheckOf } from '../../api/settled.ts';
import type { Dependency, GateSpec, ServiceCheck } from '../../api/spec.ts';
import type { DependencyStatus } from '../../api/status.ts';
import { fingerprint } from '../canonical.ts';
import type { Evaluator } from '../expression/evaluator.ts';
import type { Gate, Observation, Pod } from '../model.ts';
import { placesIn } from '../progress/dependency-place.ts';
import { mayWait } from '../progress/opening.ts';
import { firstUnpassed } from '../progress/pod-progress.ts';
import { targetKey, targetKeys } from '../targets.ts';
import type { World } from '../world.ts';
import { evaluateGate } from './evaluate-gate.ts';
import { evaluateResource, type Remembered } from './evaluate-resource.ts';
import { evaluateService } from './evaluate-service.ts';
import type { Evaluation } from './evaluation.ts';
import { questionFingerprint } from './question.ts';
import { unseen } from './unseen.ts';

/** Evaluates the dependencies that the operator evaluates, by their names. */
export function evaluations(world: World, spec: GateSpec, expressions: Evaluator): Map<string, Evaluation> {
  const isAnyEvaluated = spec.dependencies.some((one) => evaluatedCheckOf(one) !== undefined);
  const waiting = isAnyEvaluated ? waitingPods(world) : new Map<string, Pod[]>();
  const evaluated = spec.dependencies.flatMap((dependency) => {
    const observation = world.observations.get(dependency.name) ?? { is: 'unseen' };
    const pods = waiting.get(dependency.name) ?? [];
    const known = { expressions, waiting: pods, ...knownOf(world.gate, dependency) };
    const evaluation = waitsForItself(dependency, spec) ?? evaluate(dependency, observation, known);
    if (!evaluation) return [];
    return [[dependency.name, evaluation.is === 'unknown' ? hold(evaluation, known) : evaluation] as const];
  });
  return new Map(evaluated);
}

/** By the dependencies in whose container they are now, in an order of their own. */
function waitingPods({ gate, pods }: World): Map<string, Pod[]> {
  const named = targetKeys(gate);
  const waiting = pods
    .filter((pod) => named.has(pod.target) && mayWait(pod))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const each = waiting.flatMap((pod) =>
    placesIn(pod, firstUnpassed(pod) ?? '')
      .filter((place) => place.gate === gate.name)
      .map(({ dependency }) => ({ dependency, pod })),
  );
  const grouped = Map.groupBy(each, ({ dependency }) => dependency);
  return new Map([...grouped].map(([dependency, all]) => [dependency, all.map(({ pod }) => pod)]));
}

/**
 * What stands in the status of a dependency counts for as long as it is evaluated by the same, whatever else of the gate is
 * changed: what completed may be gone by then, and is found out nowhere else. Jobs that completed count by what was asked of
 * them, also under another name than the present one: a release may be rolled back.
 */
function knownOf(gate: Gate, dependency: Dependency): Omit<Remembered, 'expressions' | 'waiting'> {
  const before = gate.status.dependencies?.find(({ name }) => name === dependency.name);
  const said = before && isOfTheSame(before, dependency, gate) ? before : undefined;
  const isAsked = said !== undefined || (before && before.question === questionOf(dependency));
  const completed = isAsked ? (before?.completed ?? []) : [];
  return { completed, said, failed: said && failedWith(said) };
}

/** Tells apart what is asked of the objects of a `resource`; undefined of anything else. */
export function questionOf({ resource }: Dependency): string | undefined {
  return resource && questionFingerprint(resource);
}

/** A custom resource that is older than the operator keeps no fingerprint: then all of the spec must be the same. */
function isOfTheSame(before: DependencyStatus, dependency: Dependency, gate: Gate): boolean {
  return before.fingerprint === undefined
    ? gate.status.observedGeneration === gate.generation
    : before.fingerprint === evaluatedFingerprint(dependency);
}

/** Tells apart what a dependency is evaluated by: its check, the object's kind and name, and what is asked of it. */
export function evaluatedFingerprint(dependency: Dependency): string {
  return fingerprint(evaluatedCheckOf(dependency));
}

/** What the operator itself evaluated: a state of `Failed` may be that of a container. */
const FAILED: readonly DependencyReason[] = [
  'JobFailed',
  'JobFailedAndGone',
  'PodFailed',
  'VolumeLost',
  'ObjectStalled',
];

function failedWith({ reason, answer }: DependencyStatus): Remembered['failed'] {
  const isFailed = isDependencyReason(reason) && FAILED.includes(reason);
  return isFailed && answer !== undefined ? { reason, answer } : undefined;
}

/**
 * What holds until something is seen, as after a restart: all that was said, and nothing opens by it. That the namespace
 * uses more than its share is news for people.
 */
function hold(evaluation: Evaluation, known: Remembered): Evaluation {
  return evaluation.reason === 'EvaluationPostponed'
    ? { ...evaluation, wasSatisfied: known.said?.satisfied === true }
    : { ...evaluation, ...remembered(known) };
}

function remembered({ said, failed }: Remembered): Partial<Evaluation> {
  const { reason, answer, satisfied } = said ?? {};
  if (!isDependencyReason(reason) || answer === undefined || satisfied === undefined) return {};
  // There is nothing in these to hold to: the next answer may tell more.
  if (reason === 'NotObserved' || reason === 'WatchFailed') return {};
  return { reason, answer, ...(failed !== undefined ? { is: 'failed' } : { wasSatisfied: satisfied }) };
}

/** A rollout, or a Job, that is to be complete before its own Pods start. A condition or an expression may ask for less. */
export function ownTarget({ resource }: Dependency, { targets }: GateSpec): string | undefined {
  if (!resource || resource.condition || resource.expression !== undefined) return undefined;
  const { apiVersion, kind, name } = resource;
  // A CronJob is ready whatever becomes of its Jobs.
  if (kind === 'CronJob' || !/^(apps|batch)\//.test(apiVersion)) return undefined;
  if (
    name === undefined ||
    !targets.some((target) => targetKey(target) === targetAnnotationValue(kind, name))
  )
    return undefined;
  return `${kind} ${name} is a target of this gate, and is not ready before its own Pods have started`;
}

function waitsForItself(dependency: Dependency, spec: GateSpec): Evaluation | undefined {
  const message = ownTarget(dependency, spec);
  if (message === undefined) return undefined;
  return {
    is: 'waiting',
    reason: 'DependencyCycle',
    answer: message,
    fault: { reason: 'DependencyCycle', message },
  };
}

function evaluate(
  dependency: Dependency,
  observation: Observation,
  known: Remembered,
): Evaluation | undefined {
  const made = evaluatedCheckOf(dependency);
  switch (made?.check) {
    case undefined:
      return undefined;
    case 'gate':
      return evaluateGate(made.settings, observation);
    case 'service':
      return evaluateWatchedService(made.settings, observation);
    case 'resource':
      return evaluateResource(made.settings, observation, known);
  }
}

function evaluateWatchedService(service: ServiceCheck, observation: Observation): Evaluation {
  return observation.is === 'service'
    ? evaluateService(service, observation)
    : unseen(observation, `Service ${service.name}`);
}
