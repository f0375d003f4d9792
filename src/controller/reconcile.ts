import type { Logger } from 'pino';
import type { Evaluator } from '../core/expression/expression.ts';
import type { Gate, Notice, World, Write } from '../core/model.ts';
import { decide } from '../core/plan/decide.ts';
import { putBack, type Stranded, stranded, sweep } from '../core/plan/orphans.ts';
import { notices } from '../core/status/notices.ts';
import { targetKeys } from '../core/targets.ts';
import { isConflict } from '../kube/api-error.ts';
import { type ActContext, act, type Failed } from './act.ts';
import { observe, observeAbsent, type Surroundings, versionIn } from './observe.ts';
import { report } from './report.ts';
import type { Stores } from './stores.ts';

/** All that passes share. */
export interface Context extends ActContext, Surroundings {
  readonly stores: Stores;
  /** Remembers what expressions were found to be. */
  readonly expressions: Evaluator;
  readonly log: Logger;
  /** Records an Event. Never throws. */
  readonly notify: (about: Gate | Stranded['workload'], notice: Notice) => void;
}

/**
 * One pass for one gate: observe, decide, act, report. Why it runs is unknown to it.
 *
 * @returns in how many ms to look again although nothing has changed; undefined when only a change matters.
 * @throws whatever a write threw, after the rest of the pass where it was one target's or Pod's own; the caller backs off and runs another pass.
 */
export async function reconcile(context: Context, key: string): Promise<number | undefined> {
  const { stores, memory, clock } = context;
  const unseenFor = memory.unseenFor(key, versionIn(stores), clock.now());
  if (unseenFor > 0) return unseenFor;
  const world = observe(stores, context, key);
  return world ? reconcileGate(context, key, world) : reconcileAbsent(context, key);
}

async function reconcileGate(context: Context, key: string, world: World): Promise<number | undefined> {
  const { gate } = world;
  context.memory.keepPods(key, new Set(world.pods.map(({ uid }) => uid)));
  const plan = decide(world, context.clock.now(), context.expressions);
  const { done, hasLearned, failures } = await act(context, key, plan.writes);
  const hasReported = plan.status !== undefined && (await report(context, gate, plan.status));
  for (const notice of notices(gate.status, plan.status, done)) tell(context, gate, notice);
  tellOfWorkloads(context, key, strandedBy(world, context.clock.now()));
  context.log.debug({ writes: names(done), status: hasReported, next: plan.next }, 'pass');
  tellFailures(context, failures, gate);
  return hasLearned ? 0 : plan.next;
}

/** What is left of a gate that does not exist is taken out; what is held for it is told. */
async function reconcileAbsent(context: Context, key: string): Promise<number | undefined> {
  const { stores, memory, clock } = context;
  const absent = observeAbsent(stores, key);
  if (absent.workloads.length === 0) return memory.fade(key, clock.now());
  const { repairs } = memory.recall(key);
  const { writes, next } = sweep(absent, repairs, clock.now());
  const { done, failures } = await act(context, key, writes);
  tellOfWorkloads(context, key, [...stranded(absent), ...putBack({ ...absent, repairs }, clock.now())]);
  context.log.debug({ writes: names(done) }, 'pass for a gate that does not exist');
  tellFailures(context, failures);
  return next;
}

/** What is to be told of workloads that a gate holds, or does not get out of. */
function strandedBy({ gate, workloads, pods, repairs }: World, now: number): Stranded[] {
  const all = { gate: gate.name, workloads: [...workloads.values()], pods };
  const held = gate.deleting ? [] : stranded(all, targetKeys(gate));
  return [...held, ...putBack({ ...all, of: gate, repairs }, now)];
}

/**
 * Says of each target why it could not be written, on the gate where there is one: a deleted gate waits for it, and has
 * no status to say so. Of Pods one stands for all. A conflict is nobody's trouble.
 *
 * @throws the first of them, so that another pass is made.
 */
function tellFailures(context: Context, failures: readonly Failed[], gate?: Gate): void {
  const unopened: Notice[] = [];
  for (const { write, error } of failures) {
    if (isConflict(error)) continue;
    if (write.do === 'open-pod') unopened.push(patchFailed(`Pod ${write.pod.name}`, error));
    else
      tell(
        context,
        gate ?? write.workload,
        patchFailed(`${write.workload.kind} ${write.workload.name}`, error),
      );
  }
  if (gate) for (const notice of unopened.slice(0, 1)) tell(context, gate, notice);
  for (const { error } of failures) throw error;
}

function patchFailed(what: string, { message }: Error): Notice {
  const note = `${what} cannot be patched and is tried again: ${message}`;
  return { type: 'Warning', reason: 'PatchFailed', action: 'Patch', note };
}

/** Each thing of each workload once, for as long as it holds. */
function tellOfWorkloads(context: Context, key: string, found: readonly Stranded[]): void {
  const news = context.memory.tellOnce(key, new Set(found.map(subjectOf)));
  for (const one of found) if (news.has(subjectOf(one))) tell(context, one.workload, one.notice);
}

function subjectOf({ workload, notice }: Stranded): string {
  return `${workload.uid} ${notice.reason}`;
}

function tell({ log, notify }: Context, about: Gate | Stranded['workload'], notice: Notice): void {
  log.info({ reason: notice.reason }, notice.note);
  notify(about, notice);
}

function names(writes: readonly Write[]): string[] {
  return writes.map((write) => write.do);
}
