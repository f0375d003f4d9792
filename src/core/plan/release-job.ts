import {
  gateAnnotation,
  REMOVED,
  START_ANNOTATION,
  START_RELEASED,
  targetAnnotationValue,
} from '../../api/names.ts';
import { sinceWhen } from '../admission/placing.ts';
import type { JsonObject } from '../model.ts';
import { gatesNotCarried } from '../render/hold.ts';
import { obstacle } from '../render/inject.ts';
import type { WorkloadWorld } from '../world.ts';
import { isToLeave } from './clean-up.ts';
import { isNaming, isRendering } from './gather.ts';
import type { JobRelease } from './plan.ts';

/**
 * Resumes a Job that admission has suspended, once each Pod that it makes gets all gates that it requires. One that somebody
 * else has suspended is only marked, and is theirs to resume. A gate that is being deleted is noted in the template, where
 * nothing else may be written, so that no Pod is held for it; also of one that is marked already, and suspended still.
 */
export function releaseJob(
  world: WorkloadWorld,
  now: number,
): { readonly writes: readonly JobRelease[]; readonly next: number | undefined } {
  const { workload } = world;
  if (!workload.resumedBy && !workload.isReleased) return { writes: [], next: undefined };
  const lacking = gatesNotCarried(workload.template);
  const gone = lacking.filter((name) => isGoing(world, name));
  if (workload.isReleased)
    return { writes: gone.length > 0 ? [write(world, { gone, isReady: false })] : [], next: undefined };
  const times = lacking.filter((name) => !gone.includes(name)).map((name) => inForceFrom(world, name));
  const isReady = times.every((at) => at !== undefined && at <= now);
  if (isReady || gone.length > 0) return { writes: [write(world, { gone, isReady })], next: undefined };
  const last = times.includes(undefined) ? undefined : Math.max(...times.flatMap((at) => at ?? []));
  return { writes: [], next: last === undefined ? undefined : last - now };
}

function write(
  { workload }: WorkloadWorld,
  { gone, isReady }: { readonly gone: readonly string[]; readonly isReady: boolean },
): JobRelease {
  const { resourceVersion, resumedBy } = workload;
  const notes = Object.fromEntries(gone.map((name) => [gateAnnotation(name), REMOVED]));
  const spec: JsonObject = {
    ...(isReady && resumedBy === 'operator' && { suspend: false }),
    ...(gone.length > 0 && { template: { metadata: { annotations: notes } } }),
  };
  const annotations = isReady && { annotations: { [START_ANNOTATION]: START_RELEASED } };
  return { do: 'release-job', workload, patch: { metadata: { resourceVersion, ...annotations }, spec } };
}

/** Whether a gate that names the Job is being deleted, and the operator's to finish. */
function isGoing({ workload, gates }: WorkloadWorld, name: string): boolean {
  const gate = gates.get(name)?.gate;
  return gate?.deleting === true && isToLeave(name, gate, workload);
}

/** From when on its Pods get a gate, ms since the epoch; undefined where they do not. */
function inForceFrom(
  { workload, gates, refusals, placing }: WorkloadWorld,
  name: string,
): number | undefined {
  if (workload.unreadable !== undefined) return undefined;
  const known = gates.get(name);
  const render = known?.gate.status.render;
  if (!render || !isNaming(known.gate, workload) || isRendering(known.gate, refusals)) return undefined;
  const target = targetAnnotationValue(workload.kind, workload.name);
  if (obstacle(workload.template, { gate: name, render, target })) return undefined;
  return sinceWhen(placing, known.inForceSince);
}
