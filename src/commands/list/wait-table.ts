import { duration } from '../words.ts';
import type { Wait } from './waits.ts';

/** How the lines are shown. */
export interface TableOptions {
  /** Whether each says its namespace. */
  readonly namespaces: boolean;
  /** ms since the epoch. */
  readonly now: number;
}

export function waitHeadings({ namespaces }: TableOptions): string[] {
  return [
    ...(namespaces ? ['NAMESPACE'] : []),
    ...['GATE', 'STATE', 'WAITING-FOR', 'CHECK', 'PODS', 'SINCE', 'WHY'],
  ];
}

export function waitCells(wait: Wait, { namespaces, now }: TableOptions): string[] {
  const { namespace, gate, state, dependency = '-', check = '-', pods, since, overdue, why } = wait;
  const time = duration(now - Date.parse(since ?? '')) ?? '-';
  return [
    ...(namespaces ? [namespace] : []),
    ...[gate, overdue ? `${state}, overdue` : state, dependency, check, String(pods), time, why],
  ];
}
