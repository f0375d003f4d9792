import { containerOwner, FINALIZER, MAX_GATE_CONTAINERS, targetAnnotationValue } from '../../api/names.ts';
import { isPlacedInPods } from '../../api/settled.ts';
import { sinceWhen } from '../admission/placing.ts';
import type { JsonObject, KnownGate, Workload } from '../model.ts';
import { additionMark, removalMark, removalPause } from '../progress/dispute.ts';
import { type Claim, dueIn, isDue, type Standing, standing } from '../progress/standing.ts';
import { changePatch, gatesIn } from '../render/inject.ts';
import { nested, patchOfTemplate } from '../render/template.ts';
import { soonest } from '../soonest.ts';
import type { WorkloadWorld } from '../world.ts';
import { gatesToOpen, isToLeave } from './clean-up.ts';
import { gather, isNaming, isRendering } from './gather.ts';
import { openOrphans, releaseHeld, unattended } from './orphans.ts';
import type { Addition, OrderQuestion, Removal, WorkloadPatch, WorkloadPlan } from './plan.ts';
import { releaseJob } from './release-job.ts';
import { scaleDowns } from './scale-down.ts';

/**
 * What is to be done about a workload: at most one patch, that adds, renews, orders and removes for all gates, since each
 * patch of a template rolls it. A workload that is being deleted is left as it is, and so is the template of a Job, which
 * never changes.
 */
export function decideWorkload(world: WorkloadWorld, now: number): WorkloadPlan {
  if (world.workload.deleting) return { writes: [], unattended: [], next: undefined };
  const { patch, next } = patchFor(world, now);
  const question = patch ? undefined : questionOf(world, now);
  const down = scaleDowns(world, now);
  const released = releaseJob(world, now);
  const told = unattended(world, now);
  return {
    writes: [
      ...list(patch),
      ...released.writes,
      ...openOrphans(world),
      ...releaseHeld(world),
      ...down.writes,
      ...list(question),
    ],
    unattended: told.found,
    next: soonest([next, released.next, down.next, told.next]),
  };
}

function patchFor(world: WorkloadWorld, now: number): { patch?: WorkloadPatch; next: number | undefined } {
  const { workload } = world;
  if (workload.kind === 'Job') return { next: undefined };
  const added = additions(world, now);
  const removed = removals(world, now);
  const later = [...added.later, ...removed.later];
  if (!added.due.some(({ isForced }) => isForced) && removed.due.length === 0)
    return { next: soonest(later) };
  const waitMs = gather(world, now);
  if (waitMs > 0) return { next: soonest([...later, waitMs]) };
  const [put, taken] = [fitting(workload, added.due, removed.due), removed.due];
  if (!put.some(({ isForced }) => isForced) && taken.length === 0) return { next: soonest(later) };
  return { patch: workloadPatch(workload, put.map(bare), taken), next: soonest(later) };
}

/** The patch that makes these changes, whichever others the workload would need. */
export function workloadPatch(
  workload: Workload,
  added: readonly Addition[],
  removed: readonly Removal[],
): WorkloadPatch {
  return {
    do: 'patch-workload',
    workload,
    additions: added,
    removals: removed,
    patch: patchOfTemplate(workload, templatePatch(workload, added, removed)),
  };
}

function templatePatch(
  { kind, name, template }: Workload,
  added: readonly Addition[],
  removed: readonly Removal[],
): JsonObject {
  const target = targetAnnotationValue(kind, name);
  return changePatch(template, {
    inject: added.map(({ gate, render }) => ({ gate, render, target })),
    remove: removed.map(({ gate }) => gate),
    moved: removed.flatMap(({ gate, isMove }) => (isMove ? [gate] : [])),
  });
}

/** What is due now, and when what is put off is due, ms from now. */
interface Due<Change> {
  readonly due: readonly Change[];
  readonly later: readonly number[];
}

interface Wanted extends Addition {
  /** Worth a patch of its own. What waits for the next rollout comes with any patch, since that is one. */
  readonly isForced: boolean;
}

function bare({ isForced: _, ...addition }: Wanted): Addition {
  return addition;
}

/** The gates that name the workload and are not in its template as they should be, the oldest first. */
function additions(world: WorkloadWorld, now: number): Due<Wanted> {
  const { workload } = world;
  const behind = [...world.gates.values()]
    .toSorted(byAge)
    .flatMap((known) => claimOf(known, world) ?? [])
    .map((claim) => ({ claim, stands: standing(claim, workload, world, now) }))
    .filter(({ stands }) => stands.lag !== 'none' && stands.obstacle === undefined);
  const due = behind.filter(({ stands }) => pauseOf(stands, now) === undefined);
  return {
    due: due.map(({ claim: { gate, render }, stands: { drift, lag } }) => {
      const mark = additionMark(gate, render, workload.template);
      return { gate: gate.name, render, why: drift, mark, isForced: lag === 'patch' };
    }),
    later: behind.flatMap(({ stands }) => pauseOf(stands, now) ?? []),
  };
}

/**
 * What is to be asked before anything is said of the order. Not where a patch is due, whose answer tells as much; of a gate
 * that is suspended too, since it is told whether that is in force.
 */
function questionOf(world: WorkloadWorld, now: number): OrderQuestion | undefined {
  const { workload } = world;
  const target = targetAnnotationValue(workload.kind, workload.name);
  const injections = [...world.gates.values()]
    .flatMap((known) => renderOf(known, world) ?? [])
    .filter((claim) => isToBeAsked(standing(claim, workload, world, now)))
    .map(({ gate, render }) => ({ gate: gate.name, render, target }));
  if (injections.length === 0) return undefined;
  const change = changePatch(workload.template, { inject: injections, remove: [] });
  return { do: 'ask-order', workload, injections, patch: nested(workload.kind, change) };
}

function isToBeAsked({ isOrderUnknown, obstacle }: Standing): boolean {
  return isOrderUnknown && obstacle === undefined;
}

/** What a gate wants the workload to carry; undefined where it wants nothing, or not yet, or not any more. */
function claimOf(known: KnownGate, world: WorkloadWorld): Claim | undefined {
  const claim = renderOf(known, world);
  return claim?.spec.suspend ? undefined : claim;
}

/** The same, of a gate that is suspended too. */
function renderOf(known: KnownGate, world: WorkloadWorld): Claim | undefined {
  const claim = anyClaimOf(known, world);
  return claim && !isPlacedInPods(claim.spec, world.workload.kind) ? claim : undefined;
}

/** What a gate wants of the workload, be it in its template or in its Pods, or suspended. */
function anyClaimOf({ gate }: KnownGate, { workload, refusals }: WorkloadWorld): Claim | undefined {
  const { spec, status, finalizers } = gate;
  if (!spec.valid || !status.render || !finalizers.includes(FINALIZER)) return undefined;
  if (!isNaming(gate, workload) || isRendering(gate, refusals)) return undefined;
  return { gate, spec: spec.value, render: status.render, isInPods: false };
}

/** How long an addition is put off, ms, since it was refused, or since somebody undoes it. */
function pauseOf({ refusal, dispute }: Standing, now: number): number | undefined {
  if (!isDue(refusal, now)) return dueIn(refusal, now);
  return dispute && now < dispute.retryAt ? dispute.retryAt - now : undefined;
}

/** As many as there is room for, once those that leave are out: which has come first stays. */
function fitting(workload: Workload, added: readonly Wanted[], removed: readonly Removal[]): Wanted[] {
  const counts = new Map<string, number>();
  for (const name of workload.template.initContainers) {
    const gate = containerOwner(name)?.gate;
    if (gate !== undefined) counts.set(gate, (counts.get(gate) ?? 0) + 1);
  }
  for (const { gate } of removed) counts.delete(gate);
  return added.filter(({ gate, render }) => {
    const others = [...counts].reduce((sum, [name, count]) => (name === gate ? sum : sum + count), 0);
    const fits = others + render.initContainers.length <= MAX_GATE_CONTAINERS;
    if (fits) counts.set(gate, render.initContainers.length);
    return fits;
  });
}

/** The gates that are to leave the template: their Pods have been opened, and nobody puts them back all the time. */
function removals(world: WorkloadWorld, now: number): Due<Removal> {
  const { workload, gates, pods, refusals, repairs } = world;
  const unopened = gatesToOpen(pods);
  const leaving = [...gatesIn(workload.template)]
    .filter((name) => {
      const gate = gates.get(name)?.gate;
      if (unopened.has(name) || !isToLeave(name, gate, workload)) return false;
      return gate === undefined || !isRendering(gate, refusals);
    })
    .map((name) => ({ gate: name, mark: removalMark(name, gates.get(name)?.gate) }));
  const until = ({ mark }: Removal) => removalPause(repairs, workload, mark, now);
  const moving = moves(world, now);
  const all = [...leaving, ...moving.due];
  return {
    due: all.filter((removal) => until(removal) === undefined),
    later: [...all.map(until).flatMap((at) => (at === undefined ? [] : at - now)), ...moving.later],
  };
}

/**
 * The gates that are placed into Pods now, and leave the template for that: not before each new Pod gets them. Their Pods
 * wait as before, so none is opened.
 */
function moves(world: WorkloadWorld, now: number): Due<Removal> {
  const { workload, gates, placing } = world;
  const found = [...gatesIn(workload.template)].flatMap((name) => {
    const known = gates.get(name);
    if (!known || !isMoving(known, world)) return [];
    const since = sinceWhen(placing, known.inForceSince);
    if (since === undefined) return [];
    return [{ removal: { gate: name, mark: removalMark(name, known.gate), isMove: true }, in: since - now }];
  });
  return {
    due: found.filter((one) => one.in <= 0).map(({ removal }) => removal),
    later: found.map((one) => one.in).filter((ms) => ms > 0),
  };
}

function isMoving(known: KnownGate, world: WorkloadWorld): boolean {
  const claim = anyClaimOf(known, world);
  return claim !== undefined && !claim.spec.suspend && isPlacedInPods(claim.spec, world.workload.kind);
}

function list<T>(one: T | undefined): T[] {
  return one === undefined ? [] : [one];
}

function byAge({ gate: a }: KnownGate, { gate: b }: KnownGate): number {
  return a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.name < b.name) ? -1 : 1;
}
