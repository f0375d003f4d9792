import type { JsonObject, Workload } from '../core/model.ts';
import type { OrderQuestion } from '../core/plan/plan.ts';
import { firstByAdmission, othersInFront, patchWithout } from '../core/render/others-first.ts';
import type { Requests } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import { projectWorkload } from '../projections/project-workload.ts';
import type { WorkloadMemory } from './workload-memory.ts';
import { isRefusal, type Result, tryPatch, unlessGone } from './write.ts';

export interface OrderAsking {
  readonly requests: Pick<Requests, 'patch'>;
  readonly memory: Pick<WorkloadMemory, 'denials' | 'foundFirst'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Finds out which init containers admission puts before ours. Nothing is stored. What is refused tells nothing, and then
 * they count as the template's own: a patch is to put them behind ours.
 */
export function askOrder(
  asking: OrderAsking,
  { workload, injections, patch }: OrderQuestion,
): Promise<Result> {
  const { kind, uid, templateHash, template } = workload;
  const stored = template.initContainers;
  return unlessGone(async () => {
    const ordered = await answerTo(asking, workload, patch);
    const doubtful = othersInFront(ordered, injections).filter((name) => stored.includes(name));
    const without = doubtful.length > 0 ? await answerTo(asking, workload, patchWithout(kind, doubtful)) : [];
    const names = firstByAdmission({ stored, ordered, without }, injections);
    asking.memory.foundFirst({ uid, templateHash, names });
    // Not by the first of the two, or a 403 of the second would never last.
    asking.memory.denials.ended();
    return 'learned';
  });
}

/**
 * The init containers that a patch results in; none where it is refused. It has no precondition, and so no conflict: what
 * it tells is kept for one template, and is void if that has changed meanwhile.
 */
async function answerTo(
  asking: OrderAsking,
  workload: Workload,
  patch: JsonObject,
): Promise<readonly string[]> {
  try {
    const answer = await tryPatch(asking, workload, patch);
    return projectWorkload(workload.kind, answer).template.initContainers;
  } catch (error) {
    if (isRefusal(error, asking)) return [];
    throw error;
  }
}
