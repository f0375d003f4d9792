import { targetAnnotationValue } from '../../api/names.ts';
import type { Gate, GateEvent, Workload, WorkloadWorld } from '../model.ts';
import { removalMark, removalPause } from '../progress/dispute.ts';
import { isHeldFor } from '../render/hold.ts';
import { gatesIn } from '../render/inject.ts';
import { targetKeys } from '../targets.ts';
import { cleanUp, gatesInPod, isToLeave } from './clean-up.ts';
import type { PodWrite, Unattended } from './plan.ts';

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

/** What is to be told of a workload, and is no one gate's to tell. */
export function unattended(world: WorkloadWorld, now: number): Unattended[] {
  return [...held(world), ...putBack(world, now)];
}

/** Gates that its Pods wait for, and which do not exist, or do not name it. */
function held({ workload, gates, pods }: WorkloadWorld): Unattended[] {
  const names = new Set(pods.flatMap((pod) => pod.required.filter((gate) => isHeldFor(pod, gate))));
  const target = targetAnnotationValue(workload.kind, workload.name);
  return [...names].flatMap((gate) => {
    const known = gates.get(gate)?.gate;
    const isComing = known && (known.deleting || targetKeys(known).has(target));
    return isComing ? [] : { workload, gate, event: heldFor(workload, gate, known !== undefined) };
  });
}

function heldFor({ kind, name }: Workload, gate: string, exists: boolean): GateEvent {
  const why = exists
    ? 'which does not name it as a target: name it there'
    : 'which does not exist: create it';
  return {
    type: 'Warning',
    reason: exists ? 'HeldByOtherGate' : 'HeldWithoutGate',
    action: 'Hold',
    note: `Pods of ${kind} ${name} are held for gate ${gate}, ${why}, or correct the label dependencygate.dev/require`,
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
