import type { Deployment, ReplicaSet } from './objects.ts';

/** A ReplicaSet's numbers that a rollout is planned from. */
export interface Replicas {
  readonly name: string;
  /** How many Pods it is to have. */
  readonly wanted: number;
  /** How many Pods it has. */
  readonly existing: number;
  readonly available: number;
}

/** How many Pods of a Deployment may be too many and too few while it rolls, in whole Pods. */
export interface Bounds {
  readonly surge: number;
  readonly unavailable: number;
}

/** A surge is rounded up and an unavailability down; both 0 would forbid every step, so the latter is then 1. */
export function bounds({ spec: { replicas, strategy } }: Deployment): Bounds {
  if (strategy.type === 'Recreate') return { surge: 0, unavailable: replicas };
  const { maxSurge, maxUnavailable } = strategy.rollingUpdate ?? { maxSurge: '25%', maxUnavailable: '25%' };
  const surge = inPods(maxSurge, replicas, Math.ceil);
  const unavailable = inPods(maxUnavailable, replicas, Math.floor);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, replicas) };
}

function inPods(share: number | string, replicas: number, round: (value: number) => number): number {
  return typeof share === 'number' ? share : round((Number.parseFloat(share) / 100) * replicas);
}

/**
 * How many Pods each ReplicaSet is to have next, by name; only those that change. The steps are the real controller's:
 * the new set grows while all sets together stay within desired + surge; old sets first lose the Pods that are not
 * available anyway, then as many available ones as desired − unavailable can spare. A Pod that waits in its init
 * containers is not available, so the old ones stay for as long as it waits.
 *
 * The one difference: a Deployment that is scaled amid a rollout gives the change to its new set, where the real
 * controller spreads it over all of them.
 */
export function planRollingUpdate(
  desired: number,
  { surge, unavailable }: Bounds,
  next: Replicas,
  old: readonly Replicas[],
): ReadonlyMap<string, number> {
  const plan = new Map<string, number>();
  const total = sum(old, 'wanted') + next.wanted;
  const grown = next.wanted + Math.max(0, Math.min(desired + surge - total, desired - next.wanted));
  const nextWanted = Math.min(grown, desired);
  if (nextWanted !== next.wanted) return plan.set(next.name, nextWanted);

  const floor = desired - unavailable;
  let unneeded = total - floor - (next.wanted - next.available);
  let spare = sum(old, 'available') + next.available - floor;
  for (const set of old) {
    const ailing = clamp(set.wanted - set.available, unneeded);
    unneeded -= ailing;
    const healthy = clamp(Math.min(set.wanted - ailing, spare), unneeded);
    unneeded -= healthy;
    spare -= healthy;
    if (ailing + healthy > 0) plan.set(set.name, set.wanted - ailing - healthy);
  }
  return plan;
}

/** Recreate: the old Pods go, and only when the last one is gone do the new ones come. */
export function planRecreate(
  desired: number,
  next: Replicas,
  old: readonly Replicas[],
): ReadonlyMap<string, number> {
  const present = old.filter((set) => set.wanted > 0);
  if (present.length > 0) return new Map(present.map((set) => [set.name, 0]));
  if (old.some((set) => set.existing > 0) || next.wanted === desired) return new Map();
  return new Map([[next.name, desired]]);
}

/** A paused Deployment is still scaled: the set that has Pods, or else the newest, gets them all. */
export function planPaused(desired: number, sets: readonly Replicas[]): ReadonlyMap<string, number> {
  const active = sets.filter((set) => set.wanted > 0);
  const [only] = active.length > 0 ? active : sets.slice(-1);
  return only && active.length <= 1 && only.wanted !== desired ? new Map([[only.name, desired]]) : new Map();
}

export function replicasOf({ metadata, spec, status }: ReplicaSet): Replicas {
  return {
    name: metadata.name,
    wanted: spec.replicas,
    existing: status.replicas,
    available: Math.min(status.availableReplicas, spec.replicas),
  };
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}

function sum(sets: readonly Replicas[], field: 'wanted' | 'available'): number {
  return sets.reduce((total, set) => total + set[field], 0);
}
