import { targetAnnotationValue } from '../../api/names.ts';
import type { Gate, GateEvent, Workload } from '../model.ts';
import { removalMark, removalPause } from '../progress/dispute.ts';
import { gatesLacking, gatesNotCarried, isHeld, isHeldFor } from '../render/hold.ts';
import { gatesIn } from '../render/inject.ts';
import { soonest } from '../soonest.ts';
import { targetKeys } from '../targets.ts';
import type { WorkloadWorld } from '../world.ts';
import { cleanUp, gatesInPod, isToLeave } from './clean-up.ts';
import type { PodRelease, PodWrite, Unattended } from './plan.ts';

/**
 * What `rollout undo`, copies and restored backups bring back of gates that are gone is taken out again, and nobody but
 * the workload is there to open the Pods that wait in them: each once, for all such gates.
 */
export function openOrphans({ workload, gates, pods }: WorkloadWorld): PodWrite[] {
  const gone = [...new Set(pods.flatMap(gatesInPod))].filter(
    (name) => !gates.has(name) && isToLeave(name, undefined, workload),
  );
  const found = gone.flatMap((gate) => cleanUp({ gate, render: undefined, pods }, [workload]).writes);
  const byPod = new Map<string, PodWrite>();
  for (const write of found) byPod.set(write.pod.uid, merged(byPod.get(write.pod.uid), write));
  return [...byPod.values()];
}

/** A Pod that is deleted needs no opening. */
function merged(before: PodWrite | undefined, write: PodWrite): PodWrite {
  if (before?.do !== 'open-pod') return before ?? write;
  if (write.do !== 'open-pod') return write;
  const annotations = { ...before.annotations, ...write.annotations };
  return { ...write, annotations, told: [...before.told, ...write.told] };
}

/**
 * Lets held Pods of a Job go, for whose gates nothing is to be waited any more: they were in force when the Job was let go,
 * and are gone. The template of a Job that runs cannot say so, and a Pod that is deleted counts as failed.
 */
export function releaseHeld({ workload, gates, pods }: WorkloadWorld): PodRelease[] {
  if (workload.kind !== 'Job' || !workload.wasReleased) return [];
  return pods.filter(isHeld).flatMap((pod) => {
    const lacking = gatesLacking(pod, workload.template);
    const isGone = lacking.every((name) => !gates.has(name));
    return isGone ? [{ do: 'release-pod' as const, workload, pod, gates: lacking }] : [];
  });
}

/** A Pod may be held for so long before somebody is told: its gate may come in the same apply, after it. */
export const HELD_BEFORE_TOLD_MS = 10_000;

/** What is to be told of a workload, and is no one gate's to tell, and when there may be more of it, ms from now. */
export function unattended(
  world: WorkloadWorld,
  now: number,
): { readonly found: readonly Unattended[]; readonly next: number | undefined } {
  const lasting = held(world);
  const inMs = lasting.map(({ since }) => since + HELD_BEFORE_TOLD_MS - now);
  return {
    found: [
      ...lasting.filter((_, at) => (inMs[at] ?? 0) <= 0).map(({ told }) => told),
      ...putBack(world, now),
    ],
    next: soonest(inMs.filter((ms) => ms > 0)),
  };
}

/** Gates that its Pods wait for, and which do not exist, or do not name it; since when, ms since the epoch. */
function held({
  workload,
  gates,
  pods,
}: WorkloadWorld): { readonly told: Unattended; readonly since: number }[] {
  const lacking = workload.resumedBy ? gatesNotCarried(workload.template) : [];
  const names = new Set([
    ...pods.flatMap((pod) => pod.required.filter((gate) => isHeldFor(pod, gate))),
    ...lacking,
  ]);
  const target = targetAnnotationValue(workload.kind, workload.name);
  return [...names].flatMap((gate) => {
    const known = gates.get(gate)?.gate;
    const isComing = known && (known.deleting || targetKeys(known).has(target));
    if (isComing) return [];
    const times = [
      ...(lacking.includes(gate) ? [workload] : []),
      ...pods.filter((pod) => isHeldFor(pod, gate)),
    ].map(({ createdAt }) => Date.parse(createdAt));
    const event = heldFor(workload, gate, known !== undefined);
    return { told: { workload, gate, event }, since: Math.min(...times) };
  });
}

function heldFor({ kind, name, resumedBy }: Workload, gate: string, exists: boolean): GateEvent {
  const what = resumedBy ? `${kind} ${name} is suspended` : `Pods of ${kind} ${name} are held`;
  const why = exists
    ? 'which does not name it as a target: name it there'
    : 'which does not exist: create it';
  // Nobody replaces those of a Job, and its template changes only while it is suspended.
  const cure =
    kind === 'Job' && !resumedBy
      ? 'or suspend the Job, take the label dependencygate.dev/require off its Pod template, and resume it'
      : 'or correct the label dependencygate.dev/require';
  return {
    type: 'Warning',
    reason: exists ? 'HeldByOtherGate' : 'HeldWithoutGate',
    action: 'Hold',
    note: `${what} for gate ${gate}, ${why}, ${cure}`,
  };
}

/** Gates that it is left with for the moment, since each removal so far was undone. */
function putBack({ workload, gates, repairs }: WorkloadWorld, now: number): Unattended[] {
  return [...gatesIn(workload.template)].flatMap((gate) => {
    const known = gates.get(gate)?.gate;
    const isUndone =
      isToLeave(gate, known, workload) &&
      removalPause(repairs, workload, removalMark(gate, known), now) !== undefined;
    return isUndone ? { workload, gate, event: undone(workload, gate, known) } : [];
  });
}

function undone(
  { kind, name, otherManager = 'an unknown manager' }: Workload,
  gate: string,
  known: Gate | undefined,
): GateEvent {
  const why =
    known === undefined
      ? 'which does not exist'
      : known.deleting
        ? 'which is deleted'
        : 'which does not name it';
  return {
    type: 'Warning',
    reason: 'RemovalUndone',
    action: 'Remove',
    note: `somebody keeps putting containers of gate ${gate}, ${why}, back into ${kind} ${name} (last written by ${otherManager}): take them out where it comes from, or let its label dependencygate.dev/require name the gate`,
  };
}
