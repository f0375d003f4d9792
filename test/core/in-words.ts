import type { GateStatus } from '../../src/api/status.ts';
import type { Addition, Write } from '../../src/core/plan/plan.ts';

/** Plans and statuses in a few words, so that tests can be read as tables. */

/** `add-finalizer`, `patch-target pinger`, `open-pod pinger-1` */
export const writesOf = ({ writes }: { readonly writes: readonly Write[] }): string[] => writes.map(inWords);

function inWords(write: Write): string {
  if (write.do === 'patch-workload') {
    const ways = { 'patch-target': write.additions, 'clean-target': write.removals };
    const made = Object.entries(ways).flatMap(([way, changes]) => (changes.length > 0 ? way : []));
    return `${made.join('+')} ${write.workload.name}`;
  }
  if ('workload' in write) return `${write.do} ${write.workload.name}`;
  return 'pod' in write ? `${write.do} ${write.pod.name}` : write.do;
}

/** What a plan puts into templates. */
export const additionsOf = ({ writes }: { readonly writes: readonly Write[] }): readonly Addition[] =>
  writes.flatMap((write) => (write.do === 'patch-workload' ? write.additions : []));

/** `True InForce`; undefined for a condition that is not there. */
export function conditionOf(status: GateStatus | undefined, type: string): string | undefined {
  const found = status?.conditions?.find((one) => one.type === type);
  return found && `${found.status} ${found.reason}`;
}

export function messageOf(status: GateStatus | undefined, type: string): string | undefined {
  return status?.conditions?.find((one) => one.type === type)?.message;
}
