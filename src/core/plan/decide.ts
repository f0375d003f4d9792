import { FINALIZER, targetAnnotationValue } from '../../api/names.ts';
import { openedBySpec } from '../../api/settled.ts';
import type { GateSpec } from '../../api/spec.ts';
import type { Render } from '../../api/status.ts';
import { judgements } from '../evaluate/judge.ts';
import { EVALUATOR, type Evaluator } from '../expression/expression.ts';
import type { JsonObject, Plan, Refusal, Workload, World, Write } from '../model.ts';
import { removalMark } from '../progress/dispute.ts';
import { type TargetProgress, targetsProgress } from '../progress/progress.ts';
import { requires } from '../render/hold.ts';
import { injectPatch } from '../render/inject.ts';
import { hasUserContainer, render, renderHash } from '../render/render.ts';
import { patchOfTemplate } from '../render/template.ts';
import { soonest } from '../soonest.ts';
import { invalidStatus, type Observed, status, statusNext } from '../status/status.ts';
import { targetKey } from '../targets.ts';
import { openings } from './open.ts';
import { replaceOldPods } from './replace.ts';
import { type Leaving, type Withdrawal, withdraw } from './withdraw.ts';

/** A refused write is tried again after this time: a webhook or a policy may have changed its mind. */
export const RETRY_REFUSED_AFTER_MS = 5 * 60_000;

/**
 * What is to be done about a gate. The order is: finalizer, then the stored render, then the targets; each step is taken
 * in a pass of its own, when the stores show that the one before it has been stored. A target is patched only with the
 * *stored* render, since admission places that one too.
 */
export function decide(world: World, now: number, expressions: Evaluator = EVALUATOR): Plan {
  const { gate } = world;
  if (gate.deleting) return finalize(world, now);
  if (!gate.spec.valid) {
    return { writes: [], status: invalidStatus(gate, gate.spec.message, now), next: undefined };
  }
  if (!gate.finalizers.includes(FINALIZER)) {
    return { writes: [{ do: 'add-finalizer', gate }], status: undefined, next: undefined };
  }
  return enforce(world, gate.spec.value, now, expressions);
}

function finalize(world: World, now: number): Plan {
  const { writes, isDone, next } = withdraw(leaving(world, now), [...world.workloads.values()]);
  const isHeld = world.gate.finalizers.includes(FINALIZER);
  const last: Write[] = isDone && isHeld ? [{ do: 'remove-finalizer', gate: world.gate }] : [];
  return { writes: isHeld ? [...writes, ...last] : [], status: undefined, next: isHeld ? next : undefined };
}

function leaving({ gate, pods, repairs }: World, now: number): Leaving {
  return { gate: gate.name, render: gate.status.render, pods, repairs, mark: removalMark(gate), now };
}

function enforce(world: World, spec: GateSpec, now: number, expressions: Evaluator): Plan {
  const stored = world.gate.status.render;
  const step = nextRender(world, spec, now);
  const current = step.render ?? stored;
  const targets = targetsProgress(world, spec, current, now);
  const judged = judgements(world, spec, current, expressions);
  const observed: Observed = { world, spec, render: current, targets, judged, refusal: step.refusal };
  const isSettled = step.render === undefined && step.trial === undefined;
  const enforced = isSettled && !spec.suspend ? enforceTargets(world, targets, stored, now) : NOTHING_TO_DO;
  const satisfied = [...judged].filter(([, { is }]) => is === 'satisfied').map(([name]) => name);
  const open = { bySpec: openedBySpec(spec), satisfied: new Set(satisfied) };
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

const NOTHING_TO_DO = { writes: [], next: undefined } as const;

/** A Pod that is deleted, or opened because the gate leaves it, needs no other opening, and has one write a pass. */
function isOnlyWriteOf(writes: readonly Write[]): (one: Write) => boolean {
  const written = new Set(writes.flatMap((write) => ('pod' in write ? write.pod.uid : [])));
  return (one) => !('pod' in one) || !written.has(one.pod.uid);
}

interface RenderStep {
  /** A new render, to be stored with the status. */
  readonly render?: Render;
  /** A dry-run that must be accepted first. */
  readonly trial?: Write;
  /** Why the spec's render is not stored. */
  readonly refusal?: Refusal;
}

/** A render is made anew only when the spec's own fingerprint is not that of the stored one. */
function nextRender(world: World, spec: GateSpec, now: number): RenderStep {
  const hash = renderHash(spec);
  if (spec.suspend || world.gate.status.render?.hash === hash) return {};
  const wanted = render(world.gate.name, spec, world.settings);
  const workload = [...liveTargets(world, spec)][0];
  if (!workload || !hasUserContainer(spec) || world.triedRender === hash) return { render: wanted };
  const refusal = world.refusals.find((known) => known.of === 'render' && known.hash === hash);
  const trial = isDue(refusal, now) ? { trial: tryRender(world, workload, wanted) } : {};
  return { ...trial, ...(refusal && { refusal }) };
}

function tryRender(world: World, workload: Workload, wanted: Render): Write {
  return { do: 'try-render', workload, hash: wanted.hash, patch: targetPatch(world, workload, wanted) };
}

/** Targets that can be patched. */
function* liveTargets(world: World, spec: GateSpec): Iterable<Workload> {
  for (const target of spec.targets) {
    const workload = world.workloads.get(targetKey(target));
    if (workload && !workload.deleting && workload.kind !== 'Job') yield workload;
  }
}

/** Patches what is not current, replaces Pods that nothing else replaces, and leaves workloads that are no targets. */
function enforceTargets(
  world: World,
  targets: readonly TargetProgress[],
  stored: Render | undefined,
  now: number,
): Pick<Withdrawal, 'writes' | 'next'> {
  const named = new Set(targets.map(({ kind, name }) => targetAnnotationValue(kind, name)));
  const strangers = [...world.workloads].filter(([key]) => !named.has(key)).map(([, workload]) => workload);
  const left = strangers.filter(({ template }) => !requires(template, world.gate.name));
  const patches = stored ? targets.flatMap((target) => patchTarget(world, target, stored, now)) : [];
  const replaced = stored ? targets.flatMap((target) => replacePods(world, target, stored)) : [];
  const { writes, next } = withdraw(leaving(world, now), left);
  return { writes: [...patches, ...writes, ...replaced], next };
}

function patchTarget(world: World, target: TargetProgress, stored: Render, now: number): Write[] {
  const { workload, drift, lag, obstacle, refusal, dispute } = target;
  if (!workload || lag !== 'patch' || obstacle !== undefined || !isDue(refusal, now)) return [];
  if (dispute && now < dispute.retryAt) return [];
  const patch = targetPatch(world, workload, stored);
  return [{ do: 'patch-target', workload, gate: world.gate.name, render: stored, patch, why: drift }];
}

function replacePods(world: World, target: TargetProgress, stored: Render): Write[] {
  if (!target.workload || !target.isCurrent) return [];
  const key = targetAnnotationValue(target.kind, target.name);
  const pods = world.pods.filter((pod) => pod.target === key);
  return replaceOldPods(target.workload, pods, world.gate.name, stored.hash);
}

function targetPatch(world: World, workload: Workload, stored: Render): JsonObject {
  const target = targetAnnotationValue(workload.kind, workload.name);
  const patch = injectPatch(workload.template, { gate: world.gate.name, render: stored, target });
  return patchOfTemplate(workload, patch);
}

function isDue(refusal: Refusal | undefined, now: number): boolean {
  return refusal === undefined || now - refusal.at >= RETRY_REFUSED_AFTER_MS;
}

/** Something may become due although nothing changes: a dependency overdue, or a refused write worth another try. */
function nextLook(observed: Observed, now: number): number | undefined {
  const refusals = [observed.refusal, ...observed.targets.map(({ refusal }) => refusal)].filter(
    (one) => one !== undefined,
  );
  // What is due already is tried in this very pass, or cannot be (a suspended gate): looking again at once would help nobody.
  const retries = refusals.map(({ at }) => at + RETRY_REFUSED_AFTER_MS - now).filter((ms) => ms > 0);
  const disputes = observed.targets.flatMap(({ dispute }) =>
    dispute ? [dispute.retryAt - now, dispute.endsAt - now] : [],
  );
  const times = [...retries, ...disputes.filter((ms) => ms > 0), statusNext(observed, now)].filter(
    (ms) => ms !== undefined,
  );
  return soonest(times);
}
