import { containerOwner, gateAnnotation } from '../../api/names.ts';
import { count } from '../count.ts';
import type { ContainerStatus, Pod, Render } from '../model.ts';
import { changedInPod, wantedContainers } from '../render/contents.ts';
import { type DependencyPlace, placesIn, placesOf } from './dependency-place.ts';
import { openKeyOf, wordsAbout } from './opening.ts';

/**
 * How far one Pod has come in one gate.
 *
 * - `pending`: its turn has not come: an earlier container runs, or the Pod is not scheduled.
 * - `starting`: its turn has come and it does not run yet; `reason` says what the kubelet is at or what keeps it.
 * - `checking`: it runs.
 * - `failed`: its last run ended in an error, and the kubelet waits before it starts the next.
 * - `passed`: it ended with exit code 0; or it runs for others that share it, and this dependency was opened.
 */
export interface DependencyProgress {
  readonly dependency: string;
  readonly place: DependencyPlace;
  /** The annotation by which it is open for the present run of its container; undefined where it is not. */
  readonly openedBy: string | undefined;
  readonly state: 'pending' | 'starting' | 'checking' | 'failed' | 'passed';
  /** Why it is so, in the kubelet's or the container's words; empty when there is nothing to say. */
  readonly message: string;
  /** The kubelet's own word for that; empty where it has none. */
  readonly reason: string;
  /** Of the last run that failed; undefined where none has, or that is not what the message tells. */
  readonly exitCode: number | undefined;
}

export interface PodProgress {
  readonly pod: Pod;
  /** `open`: all passed. `failed`: it will never pass. `waiting`: everything else. */
  readonly state: 'open' | 'waiting' | 'failed';
  /** The gate's dependencies in the order in which the Pod runs them. */
  readonly dependencies: readonly DependencyProgress[];
  /**
   * The dependencies that keep the Pod, in their order: one, or of those that share a container all that may not be there.
   * None when it is open, or when something before them keeps the Pod.
   */
  readonly blockedBy: readonly string[];
  /** The other gate that keeps the Pod; undefined where none does. */
  readonly otherGate: string | undefined;
  /** The init container of the Pod's own that keeps it, and how that fares; undefined where none does. */
  readonly behind: string | undefined;
  /** How many of the gate's containers the Pod has passed. */
  readonly passed: number;
  /** Since when what keeps it does so: the end of the container before it, else (or where that is not known) the Pod's creation. */
  readonly since: string;
}

/** Since when the first of them is kept; undefined where there are none. Times of one form sort as text. */
export function earliest(pods: readonly PodProgress[]): string | undefined {
  return pods.reduce<string | undefined>(
    (first, { since }) => (first === undefined || since < first ? since : first),
    undefined,
  );
}

/** Neither terminating nor finished; a Pod that failed for good in a gate's container is not finished, but stuck. */
export function isLive(pod: Pod, gate: string): boolean {
  if (pod.deleting || pod.phase === 'Succeeded') return false;
  return pod.phase !== 'Failed' || hasFailedForGood(pod, gate);
}

/**
 * Whether a Pod that failed has had its next try: its Job has made a newer Pod since. A Job keeps its failed Pods for as
 * long as it is there itself, also when the next one has passed.
 *
 * @param all the Pods of its target
 */
export function isRetried({ phase, restartPolicy, createdAt }: Pod, all: readonly Pod[]): boolean {
  return phase === 'Failed' && restartPolicy === 'Never' && all.some((other) => other.createdAt > createdAt);
}

/**
 * Whether Pods carry this very render: the annotation alone does not tell, since what takes the containers out of a
 * template, or writes into them, leaves it there, and Pods are made until the template is repaired.
 */
export function carriesRender(gate: string, render: Render | undefined): (pod: Pod) => boolean {
  if (render === undefined) return () => false;
  const wanted = wantedContainers(render.initContainers);
  const key = gateAnnotation(gate);
  return ({ annotations, contents }) =>
    annotations[key] === render.hash &&
    wanted.every((one) => {
      const live = contents.find(({ name }) => name === one.name);
      return live !== undefined && changedInPod(one, live).length === 0;
    });
}

/** A Pod that carries containers of the gate, of whichever render. */
export function isGated({ containers }: Pod, gate: string): boolean {
  return containers.some((name) => containerOwner(name)?.gate === gate);
}

/**
 * The first container that a Pod has not passed, up to the last one of a gate: of any gate, or of its own; undefined when it is
 * through.
 */
export function firstUnpassed(pod: Pod): string | undefined {
  return pod.containers.find((name) => !isPassed(pod, name));
}

/** Whether a gate container of a Pod has ended with exit code 0. */
export function isPassed(pod: Pod, container: string): boolean {
  return hasPassed(statusOf(pod, container));
}

/** @param places the gate's dependencies in the Pod, where they are known */
export function podProgress(pod: Pod, gate: string, places = placesOf(pod, gate)): PodProgress {
  const turn = firstUnpassed(pod);
  const mine = pod.containers.filter((name) => containerOwner(name)?.gate === gate);
  const dependencies = places.map((place) => dependencyProgress(pod, place, turn));
  const owner = turn === undefined ? undefined : containerOwner(turn);
  const passed = mine.filter((name) => isPassed(pod, name)).length;
  const isOpen = passed === mine.length;
  return {
    pod,
    state: isOpen ? 'open' : hasFailedForGood(pod, gate) ? 'failed' : 'waiting',
    dependencies,
    blockedBy: owner?.gate === gate ? blockedIn(pod, turn, dependencies) : [],
    passed,
    otherGate: owner?.gate === gate || isOpen ? undefined : owner?.gate,
    behind: turn !== undefined && !owner && !isOpen ? ownWords(pod, turn) : undefined,
    since: turn === undefined ? pod.createdAt : turnBegan(pod, turn),
  };
}

/** `init container sql-proxy, which is not through (CrashLoopBackOff: back-off 10s …)` */
function ownWords(pod: Pod, name: string): string {
  const { message } = containerProgress(statusOf(pod, name), pod, true);
  return `init container ${name}, which is not through${message === '' ? '' : ` (${message})`}`;
}

/** Of the dependencies of a container those that may not be there. */
function blockedIn(pod: Pod, container: string | undefined, all: readonly DependencyProgress[]): string[] {
  const inside = new Set(placesIn(pod, container ?? '').map(({ dependency }) => dependency));
  return all.flatMap(({ dependency, state }) =>
    inside.has(dependency) && state !== 'passed' ? [dependency] : [],
  );
}

function dependencyProgress(pod: Pod, place: DependencyPlace, turn: string | undefined): DependencyProgress {
  const { dependency, container } = place;
  const progress = containerProgress(statusAbout(pod, place), pod, container === turn);
  const openedBy = openKeyOf(pod, place);
  const isThrough = progress.state === 'checking' && openedBy !== undefined && isHeldByOthers(pod, place);
  return { dependency, place, openedBy, ...(isThrough ? { state: 'passed', ...SILENT } : progress) };
}

/** The container's, of whose last words only those about the dependency are kept. */
function statusAbout(pod: Pod, place: DependencyPlace): ContainerStatus | undefined {
  const status = statusOf(pod, place.container);
  if (!place.isShared || status === undefined) return status;
  const { state, last } = status;
  const about = <State extends ContainerStatus['state']>(one: State): State =>
    one.is === 'terminated' ? { ...one, message: wordsAbout(one.message, place) } : one;
  return { ...status, state: about(state), last: last && about(last) };
}

/**
 * Whether others of the same container were not opened: it is for them that it runs, where one was. Where all were opened,
 * the container has yet to be told of one, and nobody knows which.
 */
function isHeldByOthers(pod: Pod, { isShared, container }: DependencyPlace): boolean {
  return isShared && placesIn(pod, container).some((other) => openKeyOf(pod, other) === undefined);
}

type StateProgress = Omit<DependencyProgress, 'dependency' | 'place' | 'openedBy'>;
type Said = Omit<StateProgress, 'state'>;

const SILENT: Said = { message: '', reason: '', exitCode: undefined };

function containerProgress(status: ContainerStatus | undefined, pod: Pod, isItsTurn: boolean): StateProgress {
  if (status && hasPassed(status)) return { state: 'passed', ...SILENT };
  if (status?.state.is === 'terminated') return { state: 'failed', ...lastRun(status) };
  if (status?.state.is === 'running') return { state: 'checking', ...lastRun(status) };
  if (status?.last && status.last.exitCode !== 0) return { state: 'failed', ...lastRun(status) };
  if (!isItsTurn) return { state: 'pending', ...SILENT };
  if (pod.unscheduled !== undefined) return { state: 'pending', ...SILENT, message: pod.unscheduled };
  return { state: 'starting', ...waitingReason(status) };
}

/** The kubelet's reason; `PodInitializing` only says that it has not come to the container yet. */
function waitingReason(status: ContainerStatus | undefined): Said {
  if (status?.state.is !== 'waiting') return SILENT;
  const { reason, message } = status.state;
  if (reason === '' || reason === 'PodInitializing') return SILENT;
  return { ...SILENT, reason, message: message === '' ? reason : `${reason}: ${message}` };
}

/** How the last run that failed ended: `exit code 9 (Error), 3 restarts: no servers could be reached`. */
function lastRun(status: ContainerStatus): Said {
  const run = status.state.is === 'terminated' ? status.state : status.last;
  if (run === undefined || run.exitCode === 0) return SILENT;
  const restarts = status.restarts === 0 ? '' : `, ${count(status.restarts, 'restart')}`;
  const { reason, exitCode } = run;
  const words = run.message.trim();
  const end = `exit code ${exitCode}${reason === '' ? '' : ` (${reason})`}`;
  return { message: `${end}${restarts}${words === '' ? '' : `: ${words}`}`, reason, exitCode };
}

/** Only a Pod that is never restarted can fail for good; the others are tried again by the kubelet. */
function hasFailedForGood(pod: Pod, gate: string): boolean {
  if (pod.restartPolicy !== 'Never') return false;
  return pod.statuses.some(
    ({ name, state }) =>
      containerOwner(name)?.gate === gate && state.is === 'terminated' && state.exitCode !== 0,
  );
}

function turnBegan(pod: Pod, name: string): string {
  const before = pod.containers[pod.containers.indexOf(name) - 1];
  const state = before === undefined ? undefined : statusOf(pod, before)?.state;
  return (state?.is === 'terminated' && state.finishedAt) || pod.createdAt;
}

function statusOf(pod: Pod, name: string): ContainerStatus | undefined {
  return pod.statuses.find((status) => status.name === name);
}

function hasPassed(status: ContainerStatus | undefined): boolean {
  return status?.state.is === 'terminated' && status.state.exitCode === 0;
}
