import { OPENED_AGAIN_ANNOTATION, type OpenValue, openValue, readOpenValue } from '../../api/names.ts';
import { type Evaluation, opensPod } from '../evaluate/evaluation.ts';
import type { Gate, Pod } from '../model.ts';
import { type DependencyPlace, placesIn } from '../progress/dependency-place.ts';
import { mayWait, openKeyOf, runningSince } from '../progress/opening.ts';
import { firstUnpassed } from '../progress/pod-progress.ts';
import { soonest } from '../soonest.ts';
import { targetKeys } from '../targets.ts';
import type { World } from '../world.ts';
import type { PodWrite } from './plan.ts';

/** The kubelet brings an annotation into the container within 1 to 2 s, measured; now and then it misses one. */
export const FIRST_RETRY_MS = 5000;
const LONGEST_RETRY_MS = 5 * 60_000;

export interface Openings {
  readonly writes: readonly PodWrite[];
  /** When the next attempt is due, ms from now. */
  readonly next: number | undefined;
}

/** Under which an opening is remembered. */
export function openingKey(pod: Pick<Pod, 'uid'>, annotation: string): string {
  return `${pod.uid} ${annotation}`;
}

/** The dependencies that are open, and by which way. */
export interface Open {
  /** By `spec.open`. */
  readonly bySpec: ReadonlySet<string>;
  /** Those that the operator evaluates, by their names: for all Pods, or for each by itself. */
  readonly evaluated: ReadonlyMap<string, Pick<Evaluation, 'is' | 'opens'>>;
  /** Since when the templates of Pods have passed, by the Pods' UIDs: of those that need not wait (`when: Rollout`). */
  readonly passedBefore: ReadonlyMap<string, string>;
}

/** A check whose dependency is there succeeds within so much, and its Pod is none that did not wait. */
export const CHECK_FIRST_MS = 2000;

/**
 * Opens dependencies for the Pods that wait, by annotation: of each Pod those of the container that runs, since an opening is for that
 * run and no other. What comes after it is opened when its turn comes, as what is there now may be gone again by then. It is
 * level-triggered: a Pod that appears later is opened, and so is one whose annotation was lost or is of an earlier run. A
 * container that still runs a while after it was opened gets the next attempt, since another annotation has always reached a
 * kubelet that had missed the first; where a person annotated the Pod, that is another beside it, and what they wrote stays.
 * Only Pods of what the gate names are opened: whoever writes it may change these, and no others that wait in its name.
 */
export function openings(world: World, open: Open, now: number): Openings {
  const named = targetKeys(world.gate);
  const isAnyOpen = open.bySpec.size > 0 || open.evaluated.size > 0 || open.passedBefore.size > 0;
  const found = world.pods
    .filter((pod) => (isAnyOpen || isOpenedByOthers(pod)) && named.has(pod.target))
    .map((pod) => ({ pod, attempts: attemptsFor(world, pod, open, now) }));
  return {
    writes: found.flatMap(({ pod, attempts }) => opening(pod, attempts)),
    next: soonest(found.flatMap(({ attempts }) => attempts.map(({ due }) => (due > 0 ? due : undefined)))),
  };
}

function isOpenedByOthers({ writtenByOthers }: Pod): boolean {
  return Object.keys(writtenByOthers).length > 0;
}

/** What is due in a Pod, in one write. */
function opening(pod: Pod, attempts: readonly Attempt[]): PodWrite[] {
  const due = attempts.filter((one) => one.due === 0);
  if (due.length === 0) return [];
  const news = due.filter(({ run }) => !(run.key in pod.annotations) && run.why !== '');
  const whys = (news.length > 0 ? news : due).map(({ run }) => run.why).filter((why) => why !== '');
  return [
    {
      do: 'open-pod',
      pod,
      annotations: Object.fromEntries(
        due.map(({ run, writes, attempt }) => [
          writes,
          openValue({ attempt, startedAt: run.startedAt, by: run.by }),
        ]),
      ),
      told: news.map(({ run }) => run.dependency),
      why: [...new Set(whys)].join('; '),
    },
  ];
}

/** The run of a gate's container that is to find a dependency open. */
interface Run {
  readonly dependency: string;
  /** The annotation that opens it. */
  readonly key: string;
  readonly startedAt: string;
  /** When a person wrote that annotation; undefined where it is the operator's to write. */
  readonly byHandAt: string | undefined;
  /** Why it is opened where it is not seen to be there. */
  readonly by: OpenValue['by'];
  /** What is told of it, where anything is. */
  readonly why: string;
}

/**
 * For each dependency that a Pod waits for, where that is of the gate, runs, and is open by any way that it can see. A container
 * that cannot end yet, since it waits for another that the operator sees not to be there, gets no second attempt: whatever it
 * has missed comes with what opens that one.
 */
function attemptsFor(world: World, pod: Pod, open: Open, now: number): Attempt[] {
  const container = mayWait(pod) ? firstUnpassed(pod) : undefined;
  const startedAt = container === undefined ? undefined : runningSince(pod, container);
  if (container === undefined || startedAt === undefined) return [];
  const places = placesIn(pod, container).filter(({ gate }) => gate === world.gate.name);
  const runs = places.flatMap((place) => runToOpen(world.gate, pod, open, { ...place, startedAt }) ?? []);
  const isHeldUp = places.some(
    (place) =>
      open.evaluated.has(place.dependency) &&
      openKeyOf(pod, place) === undefined &&
      !runs.some(({ dependency }) => dependency === place.dependency),
  );
  return runs
    .map((run) => nextAttempt(world, pod, run, now))
    .filter(({ isRepeated }) => !(isHeldUp && isRepeated));
}

function runToOpen(
  gate: Gate,
  pod: Pod,
  open: Open,
  { dependency, keys, startedAt }: DependencyPlace & { readonly startedAt: string },
): Run | undefined {
  const opened = keys.find((one) => isByHand(pod, one));
  const [own] = keys;
  if (opened === undefined) {
    const way = wayOpen(open, pod, dependency);
    return own === undefined || !way
      ? undefined
      : { dependency, key: own, startedAt, byHandAt: undefined, ...way };
  }
  const byHandAt = pod.writtenByOthers[opened];
  const isSeen = byHandAt !== undefined && canSee(gate, dependency);
  return isSeen ? { dependency, key: opened, startedAt, byHandAt, by: undefined, why: '' } : undefined;
}

/** What is there is open for being there, though a person is told that they opened it. */
function wayOpen(
  { evaluated, bySpec, passedBefore }: Open,
  pod: Pod,
  dependency: string,
): Pick<Run, 'by' | 'why'> | undefined {
  const evaluation = evaluated.get(dependency);
  const isThere = evaluation !== undefined && opensPod(evaluation, pod);
  if (bySpec.has(dependency)) return { by: isThere ? undefined : 'spec', why: 'spec.open' };
  if (isThere) return { by: undefined, why: '' };
  const since = passedBefore.get(pod.uid);
  return since === undefined ? undefined : { by: 'rollout', why: `its Pod template passed at ${since}` };
}

/** A person's opening names no run: it is for every one. */
function isByHand({ annotations }: Pod, key: string): boolean {
  const value = annotations[key];
  return value !== undefined && readOpenValue(value) === undefined;
}

/** A user's container cannot see an annotation. */
function canSee({ spec }: Gate, dependency: string): boolean {
  return (
    spec.valid && spec.value.dependencies.some(({ name, container }) => name === dependency && !container)
  );
}

interface Attempt {
  readonly run: Run;
  /** The annotation to be written. */
  readonly writes: string;
  readonly attempt: number;
  /** Whether the container may have missed another before. */
  readonly isRepeated: boolean;
  /** In how many ms. */
  readonly due: number;
}

function nextAttempt(world: World, pod: Pod, run: Run, now: number): Attempt {
  const { key, startedAt, byHandAt, by } = run;
  const writes = byHandAt === undefined ? key : OPENED_AGAIN_ANNOTATION;
  const written = readOpenValue(pod.annotations[writes] ?? '');
  // What was written for another run counts for nothing.
  const made = written?.startedAt === startedAt ? written.attempt : 0;
  const last = made > 0 ? world.openings.get(openingKey(pod, writes)) : missedSince(byHandAt, startedAt);
  const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, made - 1));
  const first = by === 'rollout' && made === 0 ? Date.parse(startedAt) + CHECK_FIRST_MS : undefined;
  const next = last === undefined ? first : last + pause;
  // What is not known was long ago, and so was what is still to come by another's clock.
  const isLongAgo = next === undefined || !(next - now <= Math.max(pause, CHECK_FIRST_MS));
  const isRepeated = made > 0 || byHandAt !== undefined;
  return { run, writes, attempt: made + 1, isRepeated, due: isLongAgo ? 0 : Math.max(0, next - now) };
}

/** Since when a container may have missed what a person wrote: it reads at once what it finds when it starts. */
function missedSince(byHandAt: string | undefined, startedAt: string): number | undefined {
  return byHandAt === undefined ? undefined : Math.max(Date.parse(byHandAt), Date.parse(startedAt));
}
