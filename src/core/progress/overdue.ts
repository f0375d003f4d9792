import { timingOf } from '../../api/settled.ts';
import type { GateSpec } from '../../api/spec.ts';
import { soonest } from '../soonest.ts';
import { earliest, type PodProgress } from './pod-progress.ts';

export interface Overdue {
  /** Dependencies that block a Pod for longer than they may, in the order of the spec. */
  readonly dependencies: readonly string[];
  /** When the next one becomes overdue, ms from now; undefined when none will. */
  readonly next: number | undefined;
}

/** Which dependencies are overdue, and when to look again. A user's `container` has no such limit. */
export function overdue(spec: GateSpec, pods: readonly PodProgress[], now: number): Overdue {
  const due = spec.dependencies.flatMap((dependency) => {
    const since = dependency.container ? undefined : blockedSince(pods, dependency.name);
    if (since === undefined) return [];
    const seconds = timingOf(dependency, spec.defaults).overdueAfterSeconds;
    return [{ name: dependency.name, in: since + seconds * 1000 - now }];
  });
  const ahead = due.map((entry) => entry.in).filter((ms) => ms > 0);
  return {
    dependencies: due.filter((entry) => entry.in <= 0).map(({ name }) => name),
    next: soonest(ahead),
  };
}

function blockedSince(pods: readonly PodProgress[], dependency: string): number | undefined {
  const since = earliest(pods.filter(({ blockedBy }) => blockedBy.includes(dependency)));
  return since === undefined ? undefined : Date.parse(since);
}
