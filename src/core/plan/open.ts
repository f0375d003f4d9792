import { containerOwner, openAnnotation } from '../../api/names.ts';
import type { ContainerStatus, Pod, World, Write } from '../model.ts';
import { isGated, isPassed } from '../progress/pod-progress.ts';
import { soonest } from '../soonest.ts';

/** The kubelet brings an annotation into the container within 1 to 2 s, measured; now and then it misses one. */
export const FIRST_RETRY_MS = 5000;
const LONGEST_RETRY_MS = 5 * 60_000;

export interface Openings {
  readonly writes: readonly Write[];
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
  /** They are there, as the operator judges it. */
  readonly satisfied: ReadonlySet<string>;
}

/**
 * Opens dependencies for the Pods that wait, by annotation. What a person opened is opened at once; what is satisfied only
 * when nothing before it in the Pod waits any more, since it may be gone again when its turn comes. It is level-triggered: a Pod that appears later is opened, and
 * so is one whose annotation was lost. The value is an attempt number: a container that still runs a while after it was
 * opened gets the next one, since writing another value has always reached a kubelet that had missed the first.
 */
export function openings(world: World, open: Open, now: number): Openings {
  const found = world.pods
    .filter((pod) => !pod.deleting && pod.phase === 'Pending' && isGated(pod, world.gate.name))
    .map((pod) => openingsOf(world, pod, open, now));
  return {
    writes: found.flatMap(({ write }) => write ?? []),
    next: soonest(found.map(({ next }) => next)),
  };
}

interface OfPod {
  readonly write: Write | undefined;
  readonly next: number | undefined;
}

function openingsOf(world: World, pod: Pod, open: Open, now: number): OfPod {
  const gate = world.gate.name;
  const annotations: Record<string, string> = {};
  const told: string[] = [];
  const waits: number[] = [];
  for (const { dependency, container } of openContainers(pod, gate, open)) {
    const key = openAnnotation(gate, dependency);
    const due = dueIn(world, pod, container, key, now);
    if (due === undefined) continue;
    if (due > 0) waits.push(due);
    else {
      annotations[key] = String(attempt(pod, key) + 1);
      if (!(key in pod.annotations) && open.bySpec.has(dependency)) told.push(dependency);
    }
  }
  const isNeeded = Object.keys(annotations).length > 0;
  return {
    write: isNeeded ? { do: 'open-pod', pod, annotations, told, why: 'spec.open' } : undefined,
    next: soonest(waits),
  };
}

/** The gate's containers that the Pod is yet to pass and that it is to find open. */
function openContainers(pod: Pod, gate: string, { bySpec, satisfied }: Open) {
  const found: { readonly dependency: string; readonly container: string }[] = [];
  let isNext = true;
  for (const container of pod.containers) {
    if (isPassed(pod, container)) continue;
    const owner = containerOwner(container);
    const dependency = owner?.gate === gate ? owner.dependency : '';
    const isOpen = bySpec.has(dependency) || (isNext && satisfied.has(dependency));
    if (isOpen) found.push({ dependency, container });
    else isNext = false;
  }
  return found;
}

/** In how many ms the annotation is to be written: undefined where it is there, and the container has yet to read it. */
function dueIn(world: World, pod: Pod, container: string, key: string, now: number): number | undefined {
  if (!(key in pod.annotations)) return 0;
  if (!isRunning(pod.statuses.find(({ name }) => name === container))) return undefined;
  const writtenAt = world.openings.get(openingKey(pod, key));
  if (writtenAt === undefined) return 0;
  const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt(pod, key) - 1));
  return Math.max(0, writtenAt + pause - now);
}

function isRunning(status: ContainerStatus | undefined): boolean {
  return status?.state.is === 'running';
}

/** How often it was written; what a person wrote counts as once. */
function attempt(pod: Pod, key: string): number {
  const value = Number(pod.annotations[key] ?? 0);
  return Number.isInteger(value) && value >= 0 && value < 1000 ? value : 1;
}
