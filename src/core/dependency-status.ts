import { checkOf } from '../api/defaults.ts';
import { openAnnotation } from '../api/names.ts';
import type { Dependency, GateSpec } from '../api/spec.ts';
import { type DependencyStatus, MAX_POD_NAMES } from '../api/status.ts';
import { cut } from './cut.ts';
import type { Judgement } from './judge.ts';
import { serviceHint } from './judge-service.ts';
import type { Pod, Sighting, World } from './model.ts';
import { openedBySpec } from './open.ts';
import type { PodProgress } from './pod-progress.ts';
import { serviceOf } from './subjects.ts';

/** What the status of dependencies is made from. */
export interface Seen {
  readonly world: World;
  readonly spec: GateSpec;
  readonly pods: readonly PodProgress[];
  readonly judged: ReadonlyMap<string, Judgement>;
  readonly overdue: readonly string[];
}

/** The dependencies in the order of the spec, over the current Pods of all targets. */
export function dependencyStatuses(seen: Seen): DependencyStatus[] {
  return seen.spec.dependencies.map((dependency) => {
    const { name } = dependency;
    const progress = progressOf(name, seen.pods);
    return {
      name,
      check: checkOf(dependency).check,
      ...progress,
      ...failedByJudgement(progress, seen.judged.get(name)),
      ...openedFor(dependency, seen),
      ...(seen.judged.has(name) ? judgedStatus(name, seen) : hint(dependency, seen, progress)),
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

type Progress = Omit<DependencyStatus, 'name' | 'check'>;

function progressOf(name: string, pods: readonly PodProgress[]): Progress {
  const states = pods.flatMap((pod) => pod.dependencies.find(({ dependency }) => dependency === name) ?? []);
  const inState = (wanted: (typeof WORST_FIRST)[number]) =>
    states.filter(({ state }) => state === wanted).length;
  const blocked = pods.filter(({ blockedBy }) => blockedBy === name);
  const worst = WORST_FIRST.find((state) => inState(state) > 0) ?? 'pending';
  const message = states.find(({ state, message }) => state === worst && message !== '')?.message;
  const since = blocked.map((pod) => pod.since).sort()[0];
  return {
    state: STATE_NAMES[worst],
    pending: inState('pending'),
    starting: inState('starting'),
    checking: inState('checking'),
    failed: inState('failed'),
    passed: inState('passed'),
    ...(since !== undefined && { since }),
    ...(message !== undefined && { message: cut(message, 1024) }),
    ...(blocked.length > 0 && { blockedPods: blocked.slice(0, MAX_POD_NAMES).map(({ pod }) => pod.name) }),
    blocked: blocked.length,
  };
}

/** What will not come by itself is failed for all that have not passed it, whatever their containers do. */
function failedByJudgement({ state }: Progress, judgement: Judgement | undefined): Partial<Progress> {
  return judgement?.is === 'failed' && state !== 'Passed' ? { state: 'Failed' } : {};
}

/** For how many Pods a person opened it: all that carry the annotation, but for what the operator itself judged. */
function openedFor(
  { name }: Dependency,
  { world, spec, pods, judged }: Seen,
): Pick<DependencyStatus, 'opened' | 'openedByHand'> {
  const key = openAnnotation(world.gate.name, name);
  const opened = pods.filter(({ pod }) => key in pod.annotations);
  const byHand = opened.filter(({ pod }) => isByHand(pod, key)).length;
  const isJudged = judged.has(name) && !openedBySpec(spec).has(name);
  return { opened: isJudged ? byHand : opened.length, ...(byHand > 0 && { openedByHand: byHand }) };
}

function isByHand({ writtenByOthers }: Pod, key: string): boolean {
  return writtenByOthers.includes(key);
}

/** While nothing has been seen, what was known holds. */
function judgedStatus(
  name: string,
  { world, judged }: Seen,
): Pick<DependencyStatus, 'satisfied' | 'answer' | 'completed'> {
  const judgement = judged.get(name);
  const before = world.gate.status.dependencies?.find((one) => one.name === name);
  if (judgement?.is === 'unknown' && before?.answer !== undefined) {
    const { satisfied, answer, completed } = before;
    return { answer, ...(satisfied !== undefined && { satisfied }), ...(completed && { completed }) };
  }
  if (!judgement) return {};
  const { is, answer, completed } = judgement;
  return { satisfied: is === 'satisfied', answer: cut(answer, 1024), ...(completed && { completed }) };
}

/** Why a check that runs inside of Pods may not have ended: told while they wait. */
function hint(
  dependency: Dependency,
  { world }: Seen,
  { blocked }: Progress,
): Pick<DependencyStatus, 'answer'> {
  const service = serviceOf(dependency, world.gate.namespace);
  if (blocked === 0 || service === undefined) return {};
  const sighting = world.sightings.get(dependency.name);
  const answer =
    sighting?.is === 'service'
      ? serviceHint(service, sighting)
      : knownAnswer(dependency.name, sighting, world);
  return answer === undefined ? {} : { answer: cut(answer, 1024) };
}

/** What was known, while nothing has been seen. */
function knownAnswer(name: string, sighting: Sighting | undefined, { gate }: World): string | undefined {
  if (sighting?.is !== 'unseen') return undefined;
  return gate.status.dependencies?.find((one) => one.name === name)?.answer;
}
