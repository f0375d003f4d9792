import { targetAnnotationValue } from '../../api/names.ts';
import type { Render } from '../../api/rendered.ts';
import { isPlacedInPods, targetKind } from '../../api/settled.ts';
import type { GateSpec, Target, TargetKind } from '../../api/spec.ts';
import type { PassedTemplate, PodCounts, TargetStatus } from '../../api/status.ts';
import { placedSince } from '../admission/placing.ts';
import { cut } from '../cut.ts';
import type { Pod, Workload } from '../model.ts';
import { isHeld } from '../render/hold.ts';
import type { Obstacle } from '../render/obstacle.ts';
import type { World } from '../world.ts';
import { ungatedFirstStart } from './first-start.ts';
import { firstStartOf } from './first-start-latch.ts';
import { type Hold, holdOf } from './held.ts';
import { comesIntoPods } from './in-pods.ts';
import { hasPassedAndGone, passedBy, templatesPassed } from './passed.ts';
import { isGated, isLive, isRetried, type PodProgress } from './pod-progress.ts';
import { restWords } from './rest.ts';
import { type Standing, standing } from './standing.ts';
import { ungatedPods } from './ungated.ts';

/** One target of the spec, as it stands; where there is no workload or no render its {@link Standing} is that of nothing. */
export interface TargetProgress extends Standing {
  readonly kind: TargetKind;
  readonly name: string;
  /** Undefined where it does not exist or is being deleted. */
  readonly workload: Workload | undefined;
  /** Whether it exists and its template carries the render. */
  readonly isCurrent: boolean;
  /** The UID of the workload of which a Pod has passed with this render, now or before; undefined where none has. */
  readonly passed: string | undefined;
  /** With `when: Rollout`, its templates of which a Pod has passed by itself with this render, now or before. */
  readonly passedTemplates: readonly PassedTemplate[];
  /** Its Pods that carry the current render. */
  readonly pods: readonly PodProgress[];
  /** Its live Pods that carry an older render of this gate. */
  readonly older: number;
  /** Its Pods that are held, for whichever gate: they will never start, and wait for no dependency. */
  readonly held: number;
  /** Why they stay; undefined where others take their place by themselves. */
  readonly hold: Hold | undefined;
  /** Whether the gate is placed into its Pods at their birth, and not into its template: what ran before stays as it is. */
  readonly isInPods: boolean;
  /** Its Pods that run without this gate. */
  readonly ungated: number;
  /** In how many ms that may be another number although nothing changes. */
  readonly settlesIn: number | undefined;
  /** That they are its first ones, although the gate was there. */
  readonly ungatedFirst: Obstacle | undefined;
  /** Its UID, where it came after the gate. */
  readonly firstStart: string | undefined;
}

const NOWHERE: Standing = {
  drift: [],
  isOrderUnknown: false,
  lag: 'none',
  obstacle: undefined,
  lost: undefined,
  refusal: undefined,
  dispute: undefined,
};

/** How far the targets have come with a render; `render` is the *stored* one, since that is what Pods are made with. */
export function targetsProgress(
  world: World,
  spec: GateSpec,
  render: Render | undefined,
  now: number,
): TargetProgress[] {
  const carries = world.comparisons.carriesRender(world.gate.name, render);
  return spec.targets.map((target) => targetProgress({ world, spec, render, carries, now }, target));
}

interface Compared {
  readonly world: World;
  readonly spec: GateSpec;
  readonly render: Render | undefined;
  readonly carries: (pod: Pod) => boolean;
  readonly now: number;
}

function targetProgress({ world, spec, render, carries, now }: Compared, named: Target): TargetProgress {
  const gate = world.gate.name;
  const { name } = named;
  const kind = targetKind(named);
  const target = targetAnnotationValue(kind, name);
  const found = world.workloads.get(target);
  const workload = found?.deleting ? undefined : found;
  const isInPods = workload
    ? comesIntoPods({ gate, spec }, workload, world.placing)
    : isPlacedInPods(spec, kind);
  const stands =
    workload && render
      ? standing(
          { gate: world.gate, spec, render, isInPods },
          workload,
          world,
          now,
          world.comparisons.driftOf,
        )
      : NOWHERE;
  const all = world.pods.filter((pod) => pod.target === target);
  const live = all.filter((pod) => isLive(pod, gate) && !isRetried(pod, all));
  const held = live.filter(isHeld);
  const pods = live.filter((pod) => !isHeld(pod));
  const current = pods.filter(carries);
  const since = isInPods ? placedSince(world, { kind }) : undefined;
  const isCurrent =
    workload !== undefined &&
    render !== undefined &&
    !stands.obstacle &&
    stands.drift.length === 0 &&
    (!isInPods || since !== undefined);
  const without = ungatedPods(world, workload, { target, isInPods }, now);
  const passing = { kind, name, workload, isCurrent, pods: all };
  return {
    kind,
    name,
    workload,
    ...stands,
    isCurrent,
    passed: passedBy(world, passing, render),
    passedTemplates: spec.when === 'Rollout' ? templatesPassed(world, passing, render) : [],
    pods: current.toSorted(byName).map((pod) => world.comparisons.podProgress(pod, gate)),
    older: pods.filter((pod) => isGated(pod, gate) && !carries(pod)).length,
    held: held.length,
    hold: holdOf(workload, held, { hasNew: current.length > 0, ...(isCurrent && { gate, since }) }),
    ungated: without.count,
    settlesIn: without.settlesIn,
    isInPods,
    ungatedFirst: ungatedFirstStart(
      { kind, name, workload, isInPods, ungated: without, gated: all.length },
      world,
      now,
    ),
    firstStart: firstStartOf({ kind, name }, workload, world.gate),
  };
}

function byName(a: Pod, b: Pod): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

export function targetStatus(target: TargetProgress): TargetStatus {
  const { kind, name, pods } = target;
  const why = target.obstacle ?? refused(target) ?? unreadable(target) ?? remark(target) ?? target.hold;
  return {
    kind,
    name,
    state: targetState(target),
    ...(why && { reason: why.reason, message: cut(why.message, 1024) }),
    open: pods.filter(({ state }) => state === 'open').length,
    waiting: pods.filter(({ state }) => state !== 'open').length,
    held: target.held,
    ungated: target.ungated,
    ...(target.passed !== undefined && { passed: target.passed }),
    ...(target.passedTemplates.length > 0 && { passedTemplates: [...target.passedTemplates] }),
    ...(target.firstStart !== undefined && { firstStart: target.firstStart }),
  };
}

function refused({ refusal }: TargetProgress): Obstacle | undefined {
  return refusal && { reason: 'RefusedByServer', message: refusal.message };
}

function unreadable(target: TargetProgress): Obstacle | undefined {
  const message = unreadablePods([target]);
  return message === undefined ? undefined : { reason: 'PodUnreadable', message };
}

/** What keeps Pods from being read, of which one stands for all; undefined where all can be. */
export function unreadablePods(targets: readonly TargetProgress[]): string | undefined {
  const found = targets.flatMap(({ pods }) => pods.filter(({ pod }) => pod.unreadable !== undefined));
  const [first] = found;
  if (!first) return undefined;
  const more = found.length === 1 ? '' : ` and ${found.length - 1} more`;
  return `Pod ${first.pod.name}${more} cannot be read (${first.pod.unreadable}): install a newer operator`;
}

/** What a person should know of a target, and the operator cannot or need not change. */
function remark(target: TargetProgress): Obstacle | undefined {
  return remarkOnPlacing(target) ?? target.lost ?? remarkOnRest(target);
}

function remarkOnPlacing({ lag, ungatedFirst }: TargetProgress): Obstacle | undefined {
  if (lag === 'immutable')
    return {
      reason: 'JobCreatedWithout',
      message: 'a Job never changes: delete it and create it again, and it will carry the containers',
    };
  if (lag === 'next rollout')
    return {
      reason: 'WaitsForRollout',
      message: 'the next change of its Pod template brings the containers in (OnNextRollout)',
    };
  return ungatedFirst;
}

/** Why there are no Pods where none are missed, and that a Job failed, which its Pods may still show. */
function remarkOnRest(target: TargetProgress): Obstacle | undefined {
  const { kind, name, workload, pods, held } = target;
  if (hasPassedAndGone(target))
    return { reason: 'PassedAndGone', message: `${kind} ${name} passed the gate, and is gone since` };
  const rest = workload?.rest;
  if (!rest || (rest.is !== 'failed' && pods.length + held > 0)) return undefined;
  const { reason, words } = restWords(rest, workload.resumedBy);
  return { reason, message: `${kind} ${name} ${words}` };
}

function targetState(target: TargetProgress): TargetStatus['state'] {
  const { workload } = target;
  if (!workload) return 'Missing';
  if (target.obstacle !== undefined || target.refusal) return 'Refused';
  if (target.lag === 'immutable') return 'Immutable';
  if (!target.isCurrent) return 'Pending';
  if (target.isInPods) return 'Current';
  const isSeen = workload.observedGeneration >= workload.generation;
  return isSeen && target.older === 0 && target.ungated === 0 ? 'Current' : 'Rolling';
}

export function podCounts(targets: readonly TargetProgress[]): PodCounts {
  const pods = targets.flatMap((target) => target.pods);
  const inState = (wanted: PodProgress['state']) => pods.filter(({ state }) => state === wanted).length;
  return {
    total: pods.length,
    open: inState('open'),
    waiting: inState('waiting'),
    failed: inState('failed'),
    held: sum(targets.map(({ held }) => held)),
    older: sum(targets.map(({ older }) => older)),
    ungated: sum(targets.map((target) => target.ungated)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
