import type { Gate, Notice, Pod, Repair, Workload } from '../model.ts';
import { removalMark, removalPause } from '../progress/dispute.ts';
import { isHeldFor, requires } from '../render/hold.ts';
import { carries } from '../render/inject.ts';
import { type Withdrawal, withdraw } from './withdraw.ts';

/** What stands in the cluster of a gate that does not exist. */
export interface Absent {
  readonly gate: string;
  readonly workloads: readonly Workload[];
  readonly pods: readonly Pod[];
}

/**
 * What `rollout undo`, copies and restored backups bring back of a gate that is gone is taken out again, unless the
 * template's `require` names the gate: then it is still to come.
 */
export function sweep(
  { gate, workloads, pods }: Absent,
  repairs: readonly Repair[],
  now: number,
): Withdrawal {
  const orphans = workloads.filter(({ template }) => !requires(template, gate));
  return withdraw({ gate, render: undefined, pods, repairs, mark: removalMark(), now }, orphans);
}

/** A workload of which there is something to say that is no one gate's to say. */
export interface Stranded {
  readonly workload: Workload;
  readonly notice: Notice;
}

/** Workloads with Pods that wait for a gate which does not exist, or, when `targets` is given, does not name them. */
export function stranded({ gate, workloads, pods }: Absent, targets?: ReadonlySet<string>): Stranded[] {
  return workloads
    .filter((workload) => !targets?.has(keyOf(workload)))
    .filter((workload) => pods.some((pod) => pod.target === keyOf(workload) && isHeldFor(pod, gate)))
    .map((workload) => ({ workload, notice: notice(workload, gate, targets !== undefined) }));
}

function notice({ kind, name }: Workload, gate: string, exists: boolean): Notice {
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

/** What somebody keeps putting back into workloads that a gate is to leave: a gate that goes, or none at all. */
export interface Removals extends Pick<Absent, 'workloads'> {
  readonly gate: string;
  /** The gate itself, where it exists. */
  readonly of?: Pick<Gate, 'uid' | 'generation' | 'deleting'>;
  readonly repairs: readonly Repair[];
}

/** Workloads that are left with the containers for the moment, since each removal so far was undone. */
export function putBack({ gate, workloads, of, repairs }: Removals, now: number): Stranded[] {
  const why =
    of === undefined ? 'which does not exist' : of.deleting ? 'which is deleted' : 'which does not name it';
  return workloads
    .filter(({ template }) => carries(template, gate) && (of?.deleting || !requires(template, gate)))
    .filter((workload) => removalPause(repairs, workload, removalMark(of), now) !== undefined)
    .map((workload) => ({ workload, notice: undone(workload, gate, why) }));
}

function undone(
  { kind, name, otherManager = 'an unknown manager' }: Workload,
  gate: string,
  why: string,
): Notice {
  return {
    type: 'Warning',
    reason: 'RemovalUndone',
    action: 'Remove',
    note: `somebody keeps putting containers of gate ${gate}, ${why}, back into ${kind} ${name} (last written by ${otherManager}): take them out where it comes from, or let its label dependencygate.dev/require name the gate`,
  };
}

function keyOf({ kind, name }: Workload): string {
  return `${kind}/${name}`;
}
