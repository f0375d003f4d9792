import { targetAnnotationValue } from '../api/names.ts';
import type { Gate } from '../core/model.ts';
import { decide } from '../core/plan/decide.ts';
import type { Plan } from '../core/plan/plan.ts';
import { soonest } from '../core/soonest.ts';
import { firstStarts, gateEvents, ungatedFirst } from '../core/status/gate-events.ts';
import { stillWaits, type WaitingEvent, waitingEvents } from '../core/status/waiting-events.ts';
import type { World } from '../core/world.ts';
import { act, type Failed } from './act.ts';
import type { Context } from './context.ts';
import { Asking } from './expressions.ts';
import type { GateMemory } from './gate-memory.ts';
import { observe, podsAbout, versionIn } from './observe.ts';
import { failureEvent, recordEvent } from './record-event.ts';
import type { GateReference } from './reference.ts';
import { report } from './report.ts';
import { workloadReference } from './stores.ts';
import { writeGate } from './write-gate.ts';

/** Render, status, openings, Pods to be replaced, finalizer: everything of a gate but the templates of its targets. */
export async function reconcileGate(context: Context, reference: GateReference): Promise<number | undefined> {
  const { stores, clock } = context;
  const { gates, statusRefusal } = context.memory;
  const began = clock.now();
  const restsFor = gates.peek(reference)?.pace.restsFor(began) ?? 0;
  if (restsFor > 0) return restsFor;
  // What is known of the gate then is remembered also while none of its workloads exists: one that comes later has nothing to wait for.
  const world = observe(stores, context, reference, began);
  if (!world) {
    gates.forget(reference);
    statusRefusal.forget(reference);
    return undefined;
  }
  const memory = gates.of(reference);
  memory.lastDecision.forget();
  const unseenFor = unseen(context, reference, world);
  if (unseenFor > 0) return unseenFor;
  memory.keepPods(world.pods);
  const asking = new Asking(memory.answers);
  const plan = decide(world, clock.now(), asking);
  memory.pace.decided(began, clock.now());
  const progress = await context.expressions.answer(reference.namespace, asking);
  // The world has gone on meanwhile.
  if (progress.is === 'answered') return reconcileGate(context, reference);
  if (progress.is === 'partly') return 0;
  const hasLearned = await carryOut(context, world, plan, memory);
  return hasLearned ? 0 : soonest([plan.next, progress.is === 'postponed' ? progress.forMs : undefined]);
}

/**
 * Makes the writes, then writes the status and emits what is new.
 *
 * @returns whether something was learned that no watch will tell
 */
async function carryOut(context: Context, world: World, plan: Plan, memory: GateMemory): Promise<boolean> {
  const { requests, clock } = context;
  const { statusRefusal } = context.memory;
  const writing = { requests, clock, memory, statusRefusal, expectations: memory.expectations };
  const { done, hasLearned, failures } = await act(plan.writes, (write) => writeGate(writing, write));
  // Now that the finalizer is there what follows may go on, and whether the gate is in force is told after that.
  const status = done.some((write) => write.do === 'add-finalizer') ? undefined : plan.status;
  memory.lastDecision.keep(world, { writes: plan.writes, status });
  const version = status && (await report(writing, world.gate, status));
  memory.lastDecision.stored(version);
  for (const event of gateEvents(world.gate.status, status, done)) recordEvent(context, world.gate, event);
  emitFirstStarts(context, world, status);
  for (const event of waitingEvents(world, status)) emitIfItLasts(context, world.gate, event);
  context.log.debug(
    { writes: done.map((write) => write.do), status: version !== undefined, next: plan.next },
    'gate reconciled',
  );
  if (hasLearned) for (const one of world.workloads.values()) context.look(workloadReference(one));
  emitFailures(context, world.gate, failures);
  return hasLearned;
}

function emitIfItLasts(context: Context, gate: Gate, waiting: WaitingEvent): void {
  const { about, dependencies, event } = waiting;
  const id = [about.uid, gate.name, ...dependencies].join(' ');
  context.patientEvents.add(id, () => {
    if (stillWaits(waiting, gate.name, podsAbout(context.stores, about))) context.emit(about, event);
  });
}

/** On the workloads, where whoever deploys them looks. */
function emitFirstStarts(context: Context, { gate, workloads }: World, status: Plan['status']): void {
  for (const { kind, name, note } of firstStarts(gate.status, status)) {
    const workload = workloads.get(targetAnnotationValue(kind, name));
    if (workload) recordEvent(context, workload, ungatedFirst(`gate ${gate.name}: ${note}`));
  }
}

/** Its own writes, and the patches by which its workloads got it or lost it. */
function unseen({ stores, memory, clock }: Context, reference: GateReference, { workloads }: World): number {
  const parts = [...workloads.values()].map((one) => memory.workloads.peek(workloadReference(one)));
  const waits = [memory.gates.of(reference), ...parts].map((part) =>
    part ? part.expectations.unseenFor(versionIn(stores), clock.now()) : 0,
  );
  return Math.max(...waits);
}

/**
 * Of Pods that cannot be opened one stands for all.
 *
 * @throws the first failure, so that it is tried again.
 */
function emitFailures(context: Context, gate: Gate, failures: readonly Failed[]): void {
  const [first] = failures.flatMap((failed) => failureEvent(failed) ?? []);
  if (first) recordEvent(context, gate, first);
  for (const { error } of failures) throw error;
}
