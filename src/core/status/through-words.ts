import type { DependencyStatus } from '../../api/status.ts';
import { count } from '../count.ts';

/** How Pods came through that are open, where that is worth a look. */

/** `some without waiting for db (2), since …` */
export function skippedWords(dependencies: readonly DependencyStatus[]): string {
  const which = dependencies.map(({ name, skipped }) => `${name} (${skipped})`).join(', ');
  return `some without waiting for ${which}, since their Pod templates had passed before`;
}

/** `let through by the Job of an earlier release than their own: 2 Pods by migrate`; nothing where none was. */
export function earlyWords(dependencies: readonly DependencyStatus[]): string[] {
  const which = dependencies.flatMap(({ name, openedEarly = 0 }) =>
    openedEarly > 0 ? [`${count(openedEarly, 'Pod')} by ${name}`] : [],
  );
  return which.length === 0
    ? []
    : [`let through by the Job of an earlier release than their own: ${which.join(', ')}`];
}

/** The same of one dependency, with what keeps it from happening at the next release. */
export function earlyEvent({ name, openedEarly = 0 }: DependencyStatus): string {
  return `dependency ${name}: the Job of an earlier release let ${count(openedEarly, 'Pod')} through before the Job of their own was created; let Pods wait for their own, with matchPod`;
}
