import type { GateState } from '../../api/metric-catalog.ts';
import type { GateStatus } from '../../api/status.ts';

/** Why a gate is not open, where that does not heal by itself. */
const FAILED: readonly string[] = ['DependencyFailed', 'TargetFailed', 'PodFailed'];

/** What a gate is counted as, by its status. */
export function gateState({ conditions = [] }: GateStatus): GateState {
  if (conditions.some(({ type }) => type === 'Stalled')) return 'stalled';
  const open = conditions.find(({ type }) => type === 'Open');
  if (open?.status === 'True') return 'open';
  if (open?.status !== 'False') return 'unknown';
  if (FAILED.includes(open.reason)) return 'failed';
  return open.reason === 'Overdue' ? 'overdue' : 'waiting';
}
