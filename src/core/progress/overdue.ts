import { timingOf } from '../../api/settled.ts';
import type { GateSpec } from '../../api/spec.ts';
import { soonest } from '../soonest.ts';
import type { PodProgress } from './pod-progress.ts';

export interface Overdue {
  /** Dependencies that block a Pod for longer than they may, in the order of the spec. */
  readonly dependencies: readonly string[];
  /** When the next one becomes overdue, ms from now; undefined when none will. */
  readonly next: number | undefined;
}

/** Which dependencies are overdue, and when to look again. A user's `container` has no such limit. */
export function overdue(spec: GateSpec, pods: readonly PodProgress[], now: number): Overdue {
  const blocked = blockedSince(pods);
  const due = spec.dependencies.flatMap((dependency) => {
    const since = dependency.container ? undefined : blocked.get(dependency.name);
    if (since === undefined) return [];
    const seconds = timingOf(dependency, spec.defaults).overdueAfterSeconds;
    return [{ name: dependency.name, in: Date.parse(since) + seconds * 1000 - now }];
  });
  const ahead = due.map((entry) => entry.in).filter((ms) => ms > 0);
  return {
    dependencies: due.filter((entry) => entry.in <= 0).map(({ name }) => name),
    next: soonest(ahead),
  };
}

/** Since when each dependency blocks the first of its Pods. */
function blockedSince(pods: readonly PodProgress[]): Map<string, string> {
  const first = new Map<string, string>();
  for (const { blockedBy, since } of pods)
    for (const name of blockedBy) {
      const known = first.get(name);
      if (known === undefined || since < known) first.set(name, since);
    }
  return first;
}
