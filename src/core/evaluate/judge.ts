import { targetAnnotationValue } from '../../api/names.ts';
import { type DependencyReason, isDependencyReason } from '../../api/reasons.ts';
import { judgedCheckOf } from '../../api/settled.ts';
import type { Dependency, GateSpec, ServiceCheck } from '../../api/spec.ts';
import type { DependencyStatus, Render } from '../../api/status.ts';
import { EVALUATOR, type Evaluator } from '../expression/expression.ts';
import type { Gate, Sighting, World } from '../model.ts';
import { targetKey } from '../targets.ts';
import { judgeGate } from './judge-gate.ts';
import { judgeResource, type Known } from './judge-resource.ts';
import { judgeService } from './judge-service.ts';
import type { Judgement } from './judgement.ts';
import { unseen } from './unseen.ts';

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
    const known = { expressions, ...knownOf(world.gate, dependency.name, current) };
    const judgement = waitsForItself(dependency, spec) ?? judge(dependency, sighting, known);
    if (!judgement) return [];
    const held = judgement.is === 'unknown' ? { ...judgement, ...remembered(known) } : judgement;
    return [[dependency.name, held] as const];
  });
  return new Map(judged);
}

function knownOf(gate: Gate, name: string, current: Render | undefined): Omit<Known, 'expressions'> {
  const { render, observedGeneration, dependencies = [] } = gate.status;
  const before = dependencies.find((one) => one.name === name);
  const said = observedGeneration === gate.generation ? before : undefined;
  // A gate that is suspended from its beginning has none, and remembers all the same.
  const isSameRender = render?.hash === current?.hash;
  return {
    completed: isSameRender ? before?.completed : undefined,
    said,
    failed: said && failedWith(said),
  };
}

/** What the operator itself evaluated: a state of `Failed` may be that of a container. */
const FAILED: readonly DependencyReason[] = [
  'JobFailed',
  'JobFailedAndGone',
  'PodFailed',
  'VolumeLost',
  'ObjectStalled',
];

function failedWith({ reason, answer }: DependencyStatus): Known['failed'] {
  const isFailed = isDependencyReason(reason) && FAILED.includes(reason);
  return isFailed && answer !== undefined ? { reason, answer } : undefined;
}

/** What holds until something is seen, as after a restart: all that was said, and nothing opens by it. */
function remembered({ said, failed }: Known): Partial<Judgement> {
  const { reason, answer, satisfied } = said ?? {};
  if (!isDependencyReason(reason) || answer === undefined || satisfied === undefined) return {};
  // There is nothing in these to hold to: the next answer may tell more.
  if (reason === 'NotObserved' || reason === 'WatchFailed') return {};
  return { reason, answer, ...(failed !== undefined ? { is: 'failed' } : { wasSatisfied: satisfied }) };
}

/** A rollout, or a Job, that is to be complete before its own Pods start. A condition or an expression may ask for less. */
function waitsForItself({ resource }: Dependency, { targets }: GateSpec): Judgement | undefined {
  if (!resource || resource.condition || resource.expression !== undefined) return undefined;
  const { apiVersion, kind, name } = resource;
  // A CronJob is ready whatever becomes of its Jobs.
  if (kind === 'CronJob' || !/^(apps|batch)\//.test(apiVersion)) return undefined;
  if (!targets.some((target) => targetKey(target) === targetAnnotationValue(kind, name))) return undefined;
  const message = `${kind} ${name} is a target of this gate, and is not ready before its own Pods have started`;
  return {
    is: 'waiting',
    reason: 'DependencyCycle',
    answer: message,
    fault: { reason: 'DependencyCycle', message },
  };
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
