import { TARGET_KINDS, type TargetKind } from '../../api/spec.ts';
import type { Placing, Pod, Workload } from '../model.ts';
import type { World } from '../world.ts';
import { diagnose } from './cause.ts';
import { isInstalled, type PolicyViews, placingPolicyOf } from './policies.ts';
import { CACHE_LAG_MS } from './written.ts';

/** Whether renders are placed into Pods, by the kind of their workload: by what is stored of the policies. */
export function placingOf(views: PolicyViews): ReadonlyMap<TargetKind, Placing> {
  return new Map(TARGET_KINDS.map((kind) => [kind, placingInto(kind, views)]));
}

function placingInto(kind: TargetKind, views: PolicyViews): Placing {
  const policy = placingPolicyOf(kind);
  const view = views[policy];
  if (isInstalled(view) && view.isOurs) {
    const since = Date.parse(view.writtenAt);
    return { isThere: true, since: Number.isNaN(since) ? 0 : since };
  }
  return { isThere: false, why: diagnose(policy, view, undefined, 0).words };
}

/**
 * From when on each Pod that is created gets what the gate is now, ms since the epoch: admission reads gates and policies
 * from caches that are a moment behind. A Pod that is younger and lacks it would be followed by another one like it.
 */
export function placedSince(
  { placing, inForceSince }: Pick<World, 'placing' | 'inForceSince'>,
  { kind }: Pick<Workload, 'kind'>,
): number | undefined {
  return sinceWhen(placing.get(kind), inForceSince);
}

/** The same, of a gate that has been what it is since a time. */
export function sinceWhen(placing: Placing | undefined, inForceSince: number): number | undefined {
  return placing?.isThere ? Math.max(placing.since, inForceSince) + CACHE_LAG_MS : undefined;
}

/** Whether a Pod that is deleted is followed by one that is placed into anew: those of CronJobs are what their Job is. */
export function isMadeAnew({ kind }: Pick<Workload, 'kind'>): boolean {
  return kind !== 'CronJob' && kind !== 'Job';
}

/** Whether a Pod was created before a time. */
export function isOlder({ createdAt }: Pod, since: number): boolean {
  return Date.parse(createdAt) < since;
}
