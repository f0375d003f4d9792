import { readOpenValue } from '../../api/names.ts';
import { checkOf, openedBySpec } from '../../api/settled.ts';
import type { Dependency, GateSpec } from '../../api/spec.ts';
import { type DependencyStatus, MAX_POD_NAMES } from '../../api/status.ts';
import { cut } from '../cut.ts';
import { evaluatedFingerprint, questionOf } from '../evaluate/evaluate.ts';
import { serviceHint } from '../evaluate/evaluate-service.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { serviceOf } from '../evaluate/references.ts';
import type { Pod } from '../model.ts';
import { hasSkipped } from '../progress/opening.ts';
import { type DependencyProgress, earliest, type PodProgress } from '../progress/pod-progress.ts';
import type { World } from '../world.ts';
import { openedEarly } from './opened-early.ts';

/** What the status of dependencies is made from. */
export interface Seen {
  readonly world: World;
  readonly spec: GateSpec;
  readonly pods: readonly PodProgress[];
  readonly evaluated: ReadonlyMap<string, Evaluation>;
  readonly overdue: readonly string[];
}

/** The dependencies in the order of the spec, over the current Pods of all targets. */
export function dependencyStatuses(seen: Seen): DependencyStatus[] {
  const all = placesByDependency(seen.pods);
  return seen.spec.dependencies.map((dependency) => {
    const { name } = dependency;
    const places = all.get(name) ?? [];
    const progress = progressOf(name, places);
    const evaluation = seen.evaluated.get(name);
    return {
      name,
      check: checkOf(dependency).check,
      ...progress,
      ...failedByEvaluation(dependency, seen, progress),
      ...openedFor(dependency, places, seen),
      ...early(dependency, seen),
      ...(evaluation ? evaluatedStatus(dependency, evaluation) : hint(dependency, seen, progress)),
      ...(seen.overdue.includes(name) && { overdue: true }),
    };
  });
}

/** The order in which a dependency's Pods decide its state: what needs a look comes first. */
const WORST_FIRST = ['failed', 'starting', 'checking', 'pending', 'passed'] as const;
const STATE_NAMES = {
  failed: 'Failed',
  starting: 'Starting',
  checking: 'Checking',
  pending: 'Pending',
  passed: 'Passed',
} as const;

type CountedProgress = Omit<DependencyStatus, 'name' | 'check'>;

/** A Pod and how far it has come in one dependency. */
interface PlaceInPod {
  readonly of: PodProgress;
  readonly progress: DependencyProgress;
}

/** Of a Pod with leftovers the first container of a dependency counts. */
function placesByDependency(pods: readonly PodProgress[]): Map<string, PlaceInPod[]> {
  const found = new Map<string, PlaceInPod[]>();
  for (const of of pods)
    for (const progress of of.dependencies) {
      const places = found.get(progress.dependency);
      if (places === undefined) found.set(progress.dependency, [{ of, progress }]);
      else if (places.at(-1)?.of !== of) places.push({ of, progress });
    }
  return found;
}

function progressOf(name: string, places: readonly PlaceInPod[]): CountedProgress {
  const counts = { failed: 0, starting: 0, checking: 0, pending: 0, passed: 0 };
  for (const { progress } of places) counts[progress.state] += 1;
  const worst = WORST_FIRST.find((state) => counts[state] > 0) ?? 'pending';
  const said = places.find(({ progress: { state, message } }) => state === worst && message !== '')?.progress;
  const blocked = places.flatMap(({ of }) => (of.blockedBy.includes(name) ? of : []));
  const since = earliest(blocked);
  const { pending, starting, checking, failed, passed } = counts;
  return {
    state: STATE_NAMES[worst],
    ...{ pending, starting, checking, failed, passed },
    ...(since !== undefined && { since }),
    ...(said && saidBy(said)),
    ...(blocked.length > 0 && { blockedPods: blocked.slice(0, MAX_POD_NAMES).map(({ pod }) => pod.name) }),
    blocked: blocked.length,
  };
}

function saidBy({ message, reason, exitCode }: DependencyProgress): Partial<CountedProgress> {
  return {
    message: cut(message, 1024),
    ...(reason !== '' && { containerReason: cut(reason, 256) }),
    ...(exitCode !== undefined && { exitCode }),
  };
}

/** What will not come by itself is failed for all that have not passed it, whatever their containers do. */
function failedByEvaluation(
  { name }: Dependency,
  { spec, evaluated }: Seen,
  { state }: CountedProgress,
): Partial<CountedProgress> {
  return isLost(name, spec, evaluated) && state !== 'Passed' ? { state: 'Failed' } : {};
}

/** Whether a dependency will not come by itself, as the operator evaluates it, and nobody has opened it for all Pods. */
export function isLost(name: string, spec: GateSpec, evaluated: Seen['evaluated']): boolean {
  return evaluated.get(name)?.is === 'failed' && !openedBySpec(spec).has(name);
}

/**
 * For how many Pods a person opened it: all that carry the annotation, except for what the operator itself evaluated, those of
 * templates that had passed before, and not for an earlier run.
 */
function openedFor(
  { name }: Dependency,
  places: readonly PlaceInPod[],
  { spec, evaluated }: Seen,
): Pick<DependencyStatus, 'opened' | 'openedByHand' | 'skipped'> {
  const opened = places.flatMap(({ of: { pod }, progress: { place, openedBy: key } }) =>
    key === undefined ? [] : [{ pod, place, key }],
  );
  const byPeople = opened.filter(
    ({ pod, key }) => readOpenValue(pod.annotations[key] ?? '')?.by !== 'rollout',
  );
  const byHand = opened.filter(({ pod, key }) => isByHand(pod, key)).length;
  const skipped = opened.filter(({ pod, place }) => hasSkipped(pod, place)).length;
  const isEvaluated = evaluated.has(name) && !openedBySpec(spec).has(name);
  return {
    opened: isEvaluated ? byHand : byPeople.length,
    ...(skipped > 0 && { skipped }),
    ...(byHand > 0 && { openedByHand: byHand }),
  };
}

/** While nothing has been seen, as after a restart, what was told holds. */
function early(dependency: Dependency, seen: Seen): Pick<DependencyStatus, 'openedEarly'> {
  const { gate, observations } = seen.world;
  const isUnseen = observations.get(dependency.name)?.is === 'unseen';
  const before = gate.status.dependencies?.find(({ name }) => name === dependency.name)?.openedEarly ?? 0;
  const number = isUnseen ? before : openedEarly(dependency, seen).length;
  return number > 0 ? { openedEarly: number } : {};
}

function isByHand({ writtenByOthers }: Pod, key: string): boolean {
  return key in writtenByOthers;
}

function evaluatedStatus(
  dependency: Dependency,
  { is, reason, answer, completed, wasSatisfied }: Evaluation,
): Pick<DependencyStatus, 'satisfied' | 'reason' | 'answer' | 'completed' | 'fingerprint' | 'question'> {
  const question = questionOf(dependency);
  return {
    satisfied: is === 'satisfied' || (is === 'unknown' && wasSatisfied === true),
    reason,
    answer: cut(answer, 1024),
    ...(completed && { completed: [...completed] }),
    ...(question !== undefined && { question }),
    fingerprint: evaluatedFingerprint(dependency),
  };
}

/**
 * Why a check that runs inside of Pods may not have ended: told while they wait, and nothing else is known. While nothing
 * has been seen, what was told holds.
 */
function hint(
  dependency: Dependency,
  { world: { gate, observations } }: Seen,
  { blocked }: CountedProgress,
): Partial<Pick<DependencyStatus, 'reason' | 'answer'>> {
  const service = serviceOf(dependency, gate.namespace);
  const observation = observations.get(dependency.name);
  if (blocked === 0 || service === undefined) return {};
  if (observation?.is === 'service') {
    const { reason, answer } = serviceHint(service, observation);
    return { reason, answer: cut(answer, 1024) };
  }
  const { observedGeneration, dependencies = [] } = gate.status;
  const isOfThisSpec = observedGeneration === gate.generation && observation?.is === 'unseen';
  const { reason, answer } = dependencies.find(({ name }) => name === dependency.name) ?? {};
  return isOfThisSpec && answer !== undefined ? { ...(reason && { reason }), answer } : {};
}
