import type { GateState } from '../../api/metric-catalog.ts';
import type { Condition, ConditionType, GateStatus } from '../../api/status.ts';

/** Why a gate is not open, where that does not heal by itself. */
const FAILED: readonly string[] = ['DependencyFailed', 'TargetFailed', 'PodFailed'];

/** The condition of a type; undefined while it does not exist. */
export function gateCondition({ conditions }: GateStatus, type: ConditionType): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether no operator has said anything of the gate yet. */
export function isUnreported({ observedGeneration }: GateStatus): boolean {
  return observedGeneration === undefined;
}

/** What a gate is counted as, by its status. */
export function gateState(status: GateStatus): GateState {
  if (gateCondition(status, 'Stalled')) return 'stalled';
  const open = gateCondition(status, 'Open');
  if (open?.status === 'True') return 'open';
  if (open?.status !== 'False') return 'unknown';
  if (FAILED.includes(open.reason)) return 'failed';
  return open.reason === 'Overdue' ? 'overdue' : 'waiting';
}

/** How many gates are in each state. */
export function countStates(
  gates: Iterable<{ readonly status: GateStatus }>,
): Readonly<Record<GateState, number>> {
  const counts = { open: 0, waiting: 0, overdue: 0, failed: 0, stalled: 0, unknown: 0 };
  for (const { status } of gates) counts[gateState(status)] += 1;
  return counts;
}
