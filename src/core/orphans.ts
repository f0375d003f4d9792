import { isHeldFor, requires } from './hold.ts';
import type { Notice, Pod, Workload, Write } from './model.ts';
import { withdraw } from './withdraw.ts';

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
export function sweep({ gate, workloads, pods }: Absent): readonly Write[] {
  const orphans = workloads.filter(({ template }) => !requires(template, gate));
  return withdraw({ gate, render: undefined, pods }, orphans).writes;
}

/** A workload whose Pods are held for a gate that will not let them go. */
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
  const why = exists ? 'which does not name it as a target' : 'which does not exist';
  return {
    type: 'Warning',
    reason: exists ? 'HeldByOtherGate' : 'HeldWithoutGate',
    action: 'Hold',
    note: `Pods of ${kind} ${name} are held for gate ${gate}, ${why}: mend the gate, or the label dependencygate.dev/require`,
  };
}

function keyOf({ kind, name }: Workload): string {
  return `${kind}/${name}`;
}
