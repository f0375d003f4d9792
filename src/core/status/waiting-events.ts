import { targetAnnotationValue } from '../../api/names.ts';
import { sharingOne } from '../../api/settled.ts';
import type { Dependency } from '../../api/spec.ts';
import type { DependencyStatus, GateStatus } from '../../api/status.ts';
import type { GateEvent, Pod, Workload } from '../model.ts';
import { namesInWords } from '../names-in-words.ts';
import { placeOf } from '../progress/dependency-place.ts';
import { podProgress } from '../progress/pod-progress.ts';
import type { World } from '../world.ts';
import { checkWords } from './check-words.ts';

/** What is told of a Pod that waits, or of a workload some of whose Pods do. */
export interface WaitingEvent {
  readonly about: Pod | Workload;
  /** The names of those that it waits for. */
  readonly dependencies: readonly string[];
  readonly event: GateEvent;
}

/** Whether that is still so, by the Pods as they are now: those that pass one dependency after the other are worth no Event. */
export function stillWaits(
  { about, dependencies }: WaitingEvent,
  gate: string,
  pods: readonly Pod[],
): boolean {
  const target = 'kind' in about ? targetAnnotationValue(about.kind, about.name) : undefined;
  return pods
    .filter((pod) => (target === undefined ? pod.uid === about.uid : pod.target === target))
    .some((pod) => podProgress(pod, gate).blockedBy.some((name) => dependencies.includes(name)));
}

/**
 * Events for whoever describes a Pod and has never heard of gates: what it waits for, and why that is not there. A Pod has
 * one as it begins to wait for a dependency, and another when the reason turns, or one for all that share a container; its
 * workload has one for all of its Pods. They follow from the old status and the new one, so a restart repeats none, and are of the Pods that the status names, so
 * they are few. A dependency that is there as far as the operator sees is not worth an Event, nor is one that is passed
 * before somebody could read it: see {@link stillWaits}.
 */
export function waitingEvents(world: World, after: GateStatus | undefined): WaitingEvent[] {
  const { spec, status } = world.gate;
  if (!spec.valid || after === undefined) return [];
  const of = ({ dependencies }: GateStatus, name: string) => dependencies?.find((one) => one.name === name);
  const kept = spec.value.dependencies.flatMap((dependency) => {
    const now = of(after, dependency.name);
    return now && !isThere(now) ? [{ dependency, before: of(status, dependency.name), now }] : [];
  });
  const sharing = sharingOne(spec.value);
  const [together = [], alone = []] = [true, false].map((isShared) =>
    kept.filter(({ dependency }) => sharing.includes(dependency) === isShared),
  );
  const toldOfAny = sharing.flatMap(({ name }) => {
    const before = of(status, name);
    return before && !isThere(before) ? (before.blockedPods ?? []) : [];
  });
  return [
    ...ofContainer(world, together, toldOfAny),
    ...alone.flatMap((one) => ofContainer(world, [one], toldOf(one))),
  ];
}

function isThere({ satisfied, reason }: DependencyStatus): boolean {
  return satisfied ?? reason === 'EndpointsReady';
}

/** A dependency that keeps Pods, as it was and as it is. */
interface Kept {
  readonly dependency: Dependency;
  readonly before: DependencyStatus | undefined;
  readonly now: DependencyStatus;
}

/**
 * The Events of what one container waits for: of several dependencies one for all, as the Pod begins to wait for them.
 *
 * @param told the names of the Pods that have been told
 */
function ofContainer(world: World, kept: readonly Kept[], told: readonly string[]): WaitingEvent[] {
  const waiting = named(
    world.pods,
    kept.flatMap(({ now }) => now.blockedPods ?? []),
  );
  const news = waiting.filter(({ name }) => !told.includes(name));
  const targets = named(world.pods, told).map(({ target }) => target);
  const firstOf = new Map(news.toReversed().map((pod) => [pod.target, pod]));
  const what = (pod: Pod) => waitingWords(world, kept, pod);
  const dependencies = kept.map(({ dependency }) => dependency.name);
  return [
    ...news.map((pod) => ({ about: pod, dependencies, event: waits(what(pod)) })),
    ...[...firstOf].flatMap(([target, pod]) => {
      const workload = targets.includes(target) ? undefined : world.workloads.get(target);
      return workload ? [{ about: workload, dependencies, event: waits(`Pods are ${what(pod)}`) }] : [];
    }),
  ];
}

/** The Pods that have been told of one dependency alone; they are told again when its reason turns. */
function toldOf({ before, now }: Kept): readonly string[] {
  const isTold = before !== undefined && before.reason === now.reason && !isThere(before);
  return isTold ? (before.blockedPods ?? []) : [];
}

/** `waiting for api (dns api) and redis (tcp redis:6379) of gate api-first: …` */
function waitingWords(world: World, kept: readonly Kept[], pod: Pod): string {
  const mine = kept.filter(({ now }) => now.blockedPods?.includes(pod.name));
  const names = mine.map(({ dependency }) => `${dependency.name} (${checkWords(dependency)})`);
  const said = mine.flatMap(({ now }) => why(world, pod, now, mine.length > 1));
  return `waiting for ${namesInWords(names)} of gate ${world.gate.name}: ${[...new Set(said)].join('; ')}`;
}

/** What a check that runs in a Pod sees stands in its log only. */
function why({ gate }: World, pod: Pod, { name, answer = '' }: DependencyStatus, isNamed: boolean): string {
  const { container } = placeOf(pod, gate.name, name);
  const log = `kubectl logs ${pod.name} --namespace ${pod.namespace} --container ${container}`;
  if (answer === '') return `see ${log}`;
  return isNamed ? `${name}: ${answer}` : answer;
}

function named(pods: readonly Pod[], names: readonly string[]): Pod[] {
  return pods.filter(({ name }) => names.includes(name));
}

function waits(note: string): GateEvent {
  return { type: 'Normal', reason: 'Waiting', action: 'Wait', note };
}
