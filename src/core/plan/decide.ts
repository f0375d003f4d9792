import { FINALIZER, targetAnnotationValue } from '../../api/names.ts';
import type { Render } from '../../api/rendered.ts';
import { isPlacedInPods, openedBySpec } from '../../api/settled.ts';
import type { GateSpec, TargetKind } from '../../api/spec.ts';
import { evaluations } from '../evaluate/evaluate.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import type { Evaluator } from '../expression/evaluator.ts';
import type { Gate, Refusal, Workload } from '../model.ts';
import { overdue } from '../progress/overdue.ts';
import { templateOf } from '../progress/passed-template.ts';
import { type TargetProgress, targetsProgress } from '../progress/progress.ts';
import { dueIn, isDue, refusalOfRender } from '../progress/standing.ts';
import { isToBeRenewed } from '../progress/unpulled.ts';
import { changePatch, type Injection, obstacle } from '../render/inject.ts';
import { hasUserContainer, render, renderHash } from '../render/render.ts';
import { nested } from '../render/template.ts';
import { soonest } from '../soonest.ts';
import { isUnreported } from '../status/gate-state.ts';
import { invalidStatus, type Observed, status } from '../status/gate-status.ts';
import { keepsRender, keptStatus } from '../status/older-crd.ts';
import { targetKey } from '../targets.ts';
import type { World } from '../world.ts';
import { type Cleanup, cleanUp, isToLeave } from './clean-up.ts';
import { openings } from './open.ts';
import type { GateWrite, Plan, PodWrite } from './plan.ts';
import { replaceOldPods } from './replace.ts';
import { replacePlaced } from './replace-placed.ts';

/**
 * What is to be done about a gate, its workloads apart: they have decisions of their own (`decideWorkload`). The order is:
 * the first status with the render, by which first Pods are refused; then the finalizer, without which nobody puts the
 * render anywhere; then the targets, when the stores show both. Targets get the *stored* render only, since admission
 * places that one too.
 */
export function decide(world: World, now: number, expressions: Evaluator): Plan {
  const plan = decideAll(world, now, expressions);
  const { olderCrd } = world;
  return olderCrd && plan.status ? { ...plan, status: keptStatus(plan.status, olderCrd) } : plan;
}

function decideAll(world: World, now: number, expressions: Evaluator): Plan {
  const { gate } = world;
  if (gate.deleting) return finalize(world);
  if (!gate.spec.valid) {
    return { writes: [], status: invalidStatus(gate, gate.spec.message, now), next: undefined };
  }
  const enforced = enforce(world, gate.spec.value, now, expressions);
  return gate.finalizers.includes(FINALIZER) ? enforced : beginning(gate, enforced);
}

/**
 * A refusal leaves nothing that would have to be taken out again. So the status, which refuses, does not wait for the
 * finalizer, and of many new gates all have the one before the first has the other: workloads may come right behind them.
 */
function beginning(gate: Gate, { writes, status }: Plan): Plan {
  const first = writes.filter((write) => write.do === 'try-render');
  return {
    writes: isUnreported(gate.status) ? first : [{ do: 'add-finalizer', gate }],
    status,
    next: undefined,
  };
}

/** The finalizer goes when no workload is left that the gate is to leave; each change of one looks here again. */
function finalize(world: World): Plan {
  const { gate } = world;
  if (!gate.finalizers.includes(FINALIZER)) return { writes: [], status: undefined, next: undefined };
  const { writes, isDone } = leave(world);
  const last: GateWrite[] = isDone ? [{ do: 'remove-finalizer', gate }] : [];
  return { writes: [...writes, ...last], status: undefined, next: undefined };
}

function leave({ gate, workloads, pods }: World): Cleanup {
  const left = [...workloads.values()].filter((workload) => isToLeave(gate.name, gate, workload));
  const { spec } = gate;
  const inPodsOf = (kind: TargetKind) => spec.valid && isPlacedInPods(spec.value, kind);
  return cleanUp({ gate: gate.name, render: gate.status.render, inPodsOf, pods }, left);
}

function enforce(world: World, spec: GateSpec, now: number, expressions: Evaluator): Plan {
  const stored = world.gate.status.render;
  const evaluated = evaluations(world, spec, expressions);
  const step = nextRender(world, spec, { evaluated, now });
  const current = step.render ?? stored;
  const targets = targetsProgress(world, spec, current, now);
  const pods = targets.flatMap((target) => target.pods);
  const observed: Observed = {
    ...{ world, spec, render: current, targets, evaluated, refusal: step.refusal },
    overdue: overdue(spec, pods, now),
    isRenderDropped: step.isDropped ?? false,
    isRendered: (step.isStored || step.render !== undefined) && isKept(world.gate),
  };
  const isSettled = step.render === undefined && step.trial === undefined;
  const enforced =
    isSettled && !spec.suspend ? enforcePods(world, spec, targets, now) : { writes: [], next: undefined };
  const passedBefore = new Map(targets.flatMap(passedBeforeIn));
  const open = { bySpec: openedBySpec(spec), evaluated, passedBefore };
  const opened = openings(world, open, now);
  return {
    writes: [
      ...(step.trial ? [step.trial] : []),
      ...enforced.writes,
      ...opened.writes.filter(isOnlyWriteOf(enforced.writes)),
    ],
    status: status(observed, now),
    next: soonest([nextLook(observed, now), opened.next, enforced.next]),
  };
}

/** Nothing has the render before the finalizer is there. The first status speaks of the moment after, which follows at once. */
function isKept(gate: Gate): boolean {
  return gate.finalizers.includes(FINALIZER) || isUnreported(gate.status);
}

/** Its Pods of templates that have passed, by their UIDs, and when. */
function passedBeforeIn({ pods, passedTemplates }: TargetProgress): (readonly [string, string])[] {
  if (passedTemplates.length === 0) return [];
  const times = new Map(passedTemplates.map(({ template, at }) => [template, at]));
  return pods.flatMap(({ pod }) => {
    const at = times.get(templateOf(pod));
    return at === undefined ? [] : [[pod.uid, at] as const];
  });
}

/** A Pod that is deleted, or opened because the gate leaves it, needs no other opening, and has one write a reconcile. */
function isOnlyWriteOf(writes: readonly PodWrite[]): (one: PodWrite) => boolean {
  const written = new Set(writes.map(({ pod }) => pod.uid));
  return ({ pod }) => !written.has(pod.uid);
}

interface RenderStep {
  /** Whether the stored render is one that the spec gives: that is found by making it, so it is asked once. */
  readonly isStored: boolean;
  /** A new render, to be stored with the status. */
  readonly render?: Render;
  /** A dry-run that must be accepted first. */
  readonly trial?: GateWrite;
  /** Why the spec's render is not stored. */
  readonly refusal?: Refusal;
  /** It is not stored since the CustomResourceDefinition would drop a part of it. */
  readonly isDropped?: boolean;
}

interface Circumstances {
  readonly evaluated: ReadonlyMap<string, Evaluation>;
  readonly now: number;
}

/**
 * A render is made again only when the stored one is none that the spec gives. One that was refused stays refused where no
 * target is left to try it on: what is stored before somebody could say so again would be in force. One that nobody could
 * get past as it is written is not stored: a rollout of its targets would wait for a correction, and then come again.
 */
function nextRender(world: World, spec: GateSpec, { evaluated, now }: Circumstances): RenderStep {
  const stored = world.gate.status.render;
  const isOfSpec = world.comparisons.isRenderOf(stored, world.gate.name, spec);
  const isStored = isOfSpec && !(stored && isToBeRenewed(world.gate.name, spec, { ...world, stored }));
  if (spec.suspend || isStored || isUnusable(evaluated)) return { isStored: isOfSpec };
  const hash = renderHash(spec);
  const wanted = render(world.gate.name, spec, world.settings);
  if (world.olderCrd && !keepsRender(wanted, world.olderCrd)) return { isStored, isDropped: true };
  const workload = [...liveTargets(world, spec)].find(
    (one) => !obstacle(one.template, injectionOf(world, one, wanted)),
  );
  const refusal = refusalOfRender(world.refusals, world.gate.name, hash);
  const isUntriable = workload === undefined && refusal === undefined;
  if (isUntriable || !hasUserContainer(spec) || world.triedRender === hash)
    return { isStored, render: wanted };
  const trial = workload && isDue(refusal, now) ? { trial: tryRender(world, workload, wanted) } : {};
  return { isStored, ...trial, ...(refusal && { refusal }) };
}

/** By its own words: what depends on what is seen, as a cycle does, may end without a change of this gate. */
function isUnusable(evaluated: ReadonlyMap<string, Evaluation>): boolean {
  return [...evaluated.values()].some(({ reason }) => reason === 'InvalidExpression');
}

/** A dry-run is of a target that can carry it, for whatever version is there: it has no precondition, and so no conflict with whoever writes it. */
function tryRender(world: World, workload: Workload, wanted: Render): GateWrite {
  const inject = [injectionOf(world, workload, wanted)];
  const patch = nested(workload.kind, changePatch(workload.template, { inject, remove: [] }));
  return { do: 'try-render', gate: world.gate.name, workload, hash: wanted.hash, patch };
}

function injectionOf({ gate }: World, { kind, name }: Workload, render: Render): Injection {
  return { gate: gate.name, render, target: targetAnnotationValue(kind, name) };
}

/** Targets that can be patched. */
function* liveTargets(world: World, spec: GateSpec): Generator<Workload> {
  for (const target of spec.targets) {
    const workload = world.workloads.get(targetKey(target));
    if (workload && !workload.deleting && workload.kind !== 'Job') yield workload;
  }
}

/** Lets go of the Pods of workloads that are no targets any more, and replaces those that nothing else replaces. */
function enforcePods(
  world: World,
  spec: GateSpec,
  targets: readonly TargetProgress[],
  now: number,
): { readonly writes: readonly PodWrite[]; readonly next: number | undefined } {
  const replaced = targets.map((target) => replacePods(world, spec, target, now));
  return {
    writes: [...leave(world).writes, ...replaced.flatMap(({ writes }) => writes)],
    next: soonest(replaced.map(({ next }) => next)),
  };
}

function replacePods(
  world: World,
  spec: GateSpec,
  { kind, name, workload, isCurrent }: TargetProgress,
  now: number,
): ReturnType<typeof replacePlaced> {
  const { render } = world.gate.status;
  if (!workload || !isCurrent || !render) return { writes: [], next: undefined };
  const pods = world.pods.filter((pod) => pod.target === targetAnnotationValue(kind, name));
  if (!isPlacedInPods(spec, kind))
    return { writes: replaceOldPods(workload, pods, world.gate.name, render), next: undefined };
  const { writes, next } = replacePlaced(world, { workload, pods, render }, now);
  // Of an older template, which is then no gate's doing.
  const older = kind === 'StatefulSet' ? replaceOldPods(workload, pods, world.gate.name, render) : [];
  return { writes: [...writes, ...older.filter(isOnlyWriteOf(writes))], next };
}

/** Something may become due although nothing changes: a dependency overdue, a dispute at its end, a render worth another try. */
function nextLook(observed: Observed, now: number): number | undefined {
  const ends = observed.targets.flatMap(({ dispute }) => (dispute ? dispute.endsAt - now : []));
  const settle = observed.targets.map(({ settlesIn }) => settlesIn);
  return soonest([
    dueIn(observed.refusal, now),
    ...ends.filter((ms) => ms > 0),
    ...settle,
    observed.overdue.next,
  ]);
}
