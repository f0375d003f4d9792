import type { GateStatus } from '../../src/api/status.ts';
import type { Plan, Write } from '../../src/core/model.ts';

/** Plans and statuses in a few words, so that tests can be read as tables. */

/** `add-finalizer`, `patch-target pinger`, `open-pod pinger-1` */
export const writesOf = ({ writes }: Pick<Plan, 'writes'>): string[] => writes.map(inWords);

function inWords(write: Write): string {
  if ('workload' in write) return `${write.do} ${write.workload.name}`;
  return 'pod' in write ? `${write.do} ${write.pod.name}` : write.do;
}

/** `True InForce`; undefined for a condition that is not there. */
export function conditionOf(status: GateStatus | undefined, type: string): string | undefined {
  const found = status?.conditions?.find((one) => one.type === type);
  return found && `${found.status} ${found.reason}`;
}

export function messageOf(status: GateStatus | undefined, type: string): string | undefined {
  return status?.conditions?.find((one) => one.type === type)?.message;
}
