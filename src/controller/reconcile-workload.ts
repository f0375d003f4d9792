import type { Gate } from '../core/model.ts';
import { decideWorkload } from '../core/plan/decide-workload.ts';
import type { Unattended, WorkloadWrite } from '../core/plan/plan.ts';
import { gatesIn } from '../core/render/inject.ts';
import { ofPatch, ofPodRelease, ofScaleDown } from '../core/status/gate-events.ts';
import type { WorkloadWorld } from '../core/world.ts';
import { act, type Failed } from './act.ts';
import type { Context } from './context.ts';
import { observeWorkload, versionIn } from './observe.ts';
import { failureEvent, recordEvent } from './record-event.ts';
import { referenceTo, type WorkloadReference } from './reference.ts';
import type { WorkloadMemory } from './workload-memory.ts';
import { writeWorkload } from './write-workload.ts';

/** The template of a workload, for all gates at once, and what nobody but the workload is there to do or to tell. */
export async function reconcileWorkload(
  context: Context,
  reference: WorkloadReference,
): Promise<number | undefined> {
  const { stores, clock, requests } = context;
  const { workloads } = context.memory;
  const world = observeWorkload(stores, context, reference, clock.now());
  if (!world) {
    workloads.forget(reference);
    return undefined;
  }
  const memory = workloads.of(reference);
  const { expectations } = memory;
  const unseenFor = expectations.unseenFor(versionIn(stores), clock.now());
  if (unseenFor > 0) return unseenFor;
  memory.keepReplicaSets(world.pods, world.workload);
  const plan = decideWorkload(world, clock.now());
  const writing = { requests, clock, memory, expectations };
  const { done, hasLearned, failures } = await act(plan.writes, (write) => writeWorkload(writing, write));
  recordWrites(context, world, done);
  emitOnce(context, memory, plan.unattended);
  context.log.debug({ writes: done.map((write) => write.do), next: plan.next }, 'workload reconciled');
  if (hasLearned || done.length > 0)
    for (const { gate } of world.gates.values()) context.look(referenceTo(gate));
  emitFailures(context, world, failures);
  const fadesIn = memory.fade(clock.now());
  if (isNothing(world) && fadesIn === undefined) workloads.forget(reference);
  return hasLearned ? 0 : (plan.next ?? (isNothing(world) ? fadesIn : undefined));
}

/** Whether it has nothing to do with gates any more. */
function isNothing({ workload, gates, pods }: WorkloadWorld): boolean {
  if (workload.resumedBy) return false;
  return gates.size === 0 && pods.length === 0 && gatesIn(workload.template).size === 0;
}

/** Of a patch on the gates that it was for; those that do not exist have nobody who asks. Of others on the workload. */
function recordWrites(context: Context, { gates }: WorkloadWorld, done: readonly WorkloadWrite[]): void {
  for (const write of done) {
    if (write.do === 'scale-down' || write.do === 'scale-down-empty')
      recordEvent(context, write.workload, ofScaleDown(write));
    if (write.do === 'release-pod') recordEvent(context, write.workload, ofPodRelease(write));
    if (write.do !== 'patch-workload') continue;
    for (const [name, event] of ofPatch(write)) {
      const known = gates.get(name);
      if (known) recordEvent(context, known.gate, event);
    }
  }
}

/** Each thing once, for as long as it holds. */
function emitOnce(context: Context, memory: WorkloadMemory, found: readonly Unattended[]): void {
  const idOf = ({ workload, gate, event }: Unattended) => `${workload.uid} ${gate} ${event.reason}`;
  const news = memory.emitOnce(new Set(found.map(idOf)));
  for (const one of found) if (news.has(idOf(one))) recordEvent(context, one.workload, one.event);
}

/**
 * Says why it could not be written on the gates that the patch was for, and where none of them exists on the workload: a
 * deleted gate waits for it, and has no status to say so. Of Pods that cannot be opened one stands for all.
 *
 * @throws the first failure, so that it is tried again.
 */
function emitFailures(context: Context, world: WorkloadWorld, failures: readonly Failed[]): void {
  const [first] = failures;
  if (!first) return;
  const about = gatesOf(world, first);
  const event = failureEvent(first);
  if (event) for (const one of about.length > 0 ? about : [world.workload]) recordEvent(context, one, event);
  throw first.error;
}

function gatesOf({ gates }: WorkloadWorld, { write }: Failed): Gate[] {
  if (write.do !== 'patch-workload') return [];
  return [...write.additions, ...write.removals].flatMap(({ gate }) => gates.get(gate)?.gate ?? []);
}
