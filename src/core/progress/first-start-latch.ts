import type { TargetKind } from '../../api/spec.ts';
import type { Gate, Workload } from '../model.ts';
import { statusOfTarget } from '../targets.ts';

/**
 * The UID of a workload that came after its gate: Pods of it without the gate are refused (see the policy `first-start`).
 * It stays for the workload's life.
 *
 * The gate is in force for it where its status knew that there was none of the name, or one before it that came after the
 * gate as well, or where the first status that tells of it sees one that was never changed and has no Pods. Anything else
 * may run already, and is never refused a Pod.
 */
export function firstStartOf(
  target: { readonly kind: TargetKind; readonly name: string },
  workload: Workload | undefined,
  gate: Gate,
): string | undefined {
  // A Job never takes the gate in, and ordinals below a partition are made from the first template whatever comes after.
  if (!workload || target.kind === 'Job' || workload.partition > 0) return undefined;
  const before = statusOfTarget(gate, target);
  if (before?.firstStart === workload.uid) return workload.uid;
  if (!before) return hasNoPods(workload) ? workload.uid : undefined;
  const wasRefused = before.state === 'Missing' || before.firstStart !== undefined;
  return wasRefused && gate.status.render !== undefined ? workload.uid : undefined;
}

/** A CronJob does not tell how many Pods it has. */
function hasNoPods({ kind, generation, replicas }: Workload): boolean {
  return kind !== 'CronJob' && generation === 1 && replicas === 0;
}
