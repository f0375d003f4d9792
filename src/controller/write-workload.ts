import { HOLD_GATE, targetAnnotationValue } from '../api/names.ts';
import type { Drift, OthersFirst, Refusal, Workload } from '../core/model.ts';
import { workloadPatch } from '../core/plan/decide-workload.ts';
import type { Addition, JobRelease, PodRelease, WorkloadPatch, WorkloadWrite } from '../core/plan/plan.ts';
import { driftOf } from '../core/render/others-first.ts';
import { type ApiError, isForbidden, isInvalid } from '../kube/api-error.ts';
import { projectWorkload } from '../projections/project-workload.ts';
import { PODS, WORKLOADS } from '../projections/resources.ts';
import { Undone } from './act.ts';
import { askOrder } from './ask-order.ts';
import type { WorkloadMemory } from './workload-memory.ts';
import {
  ifThere,
  isRefusal,
  type KnownObject,
  patch,
  patchAndRead,
  type Result,
  tryPatch,
  writePod,
} from './write.ts';
import { type ScaleWriting, scaleDown, scaleDownEmpty } from './write-scale-down.ts';

export interface WorkloadWriting extends ScaleWriting {
  readonly memory: Pick<
    WorkloadMemory,
    'accepted' | 'refused' | 'denials' | 'triedToScaleDown' | 'foundFirst' | 'othersFirst'
  >;
}

/** Makes one write of a workload's reconcile. */
export function writeWorkload(writing: WorkloadWriting, write: WorkloadWrite): Promise<Result> {
  switch (write.do) {
    case 'patch-workload':
      return patchWorkload(writing, write);
    case 'scale-down':
      return scaleDown(writing, write);
    case 'scale-down-empty':
      return scaleDownEmpty(writing, write);
    case 'ask-order':
      return askOrder(writing, write);
    case 'release-job':
      return releaseJob(writing, write);
    case 'release-pod':
      return releasePod(writing, write);
    case 'open-pod':
    case 'delete-pod':
      return writePod(writing, write);
  }
}

/** With its version as precondition: whoever suspends it meanwhile is heard. */
function releaseJob(writing: WorkloadWriting, { workload, patch: body }: JobRelease): Promise<Result> {
  return ifThere(patch(writing, known(workload), body, { type: 'merge' }));
}

/** With its version as precondition: what is in it now was never looked at. */
function releasePod(writing: WorkloadWriting, { pod }: PodRelease): Promise<Result> {
  const { uid, resourceVersion } = pod;
  const body = {
    metadata: { uid, resourceVersion },
    spec: { schedulingGates: [{ $patch: 'delete', name: HOLD_GATE }] },
  };
  return ifThere(patch(writing, { resource: PODS, kind: 'Pod', object: pod }, body, { type: 'strategic' }));
}

function known(workload: Workload): KnownObject {
  return { resource: WORKLOADS[workload.kind], kind: workload.kind, object: workload };
}

async function patchWorkload(writing: WorkloadWriting, write: WorkloadPatch): Promise<Result> {
  const { workload } = write;
  try {
    return await ifThere(
      patchAndRead(writing, known(workload), write.patch, { type: 'strategic' }),
      (answer) => {
        const stored = projectWorkload(workload.kind, answer);
        const left = leftIn(write, stored, writing.memory.othersFirst);
        remember(writing, write, stored, left);
        checkAnswer(write, left);
      },
    );
  } catch (error) {
    if (!isRefusal(error, writing) || write.additions.length === 0) throw error;
    const refused = await refusedOf(writing, write, error);
    for (const one of refused) writing.memory.refused(one);
    return 'learned';
  }
}

/**
 * What was stored is in the answer: an admission step may have changed it, for one with an older view of a gate. Others
 * that are first are those that were before; where that is not known, they are asked about before anybody is told of them.
 */
function leftIn(
  { workload, additions }: WorkloadPatch,
  stored: Workload,
  known: readonly OthersFirst[],
): ReadonlyMap<string, readonly Drift[]> {
  const target = targetAnnotationValue(workload.kind, workload.name);
  const { uid, templateHash } = stored;
  const still = known
    .filter((one) => one.uid === workload.uid && one.templateHash === workload.templateHash)
    .map((one) => ({ ...one, uid, templateHash }));
  return new Map(
    additions.map(({ gate, render, mark }) => [mark, driftOf(stored, { gate, render, target }, still).drift]),
  );
}

function remember(
  { memory, clock }: WorkloadWriting,
  write: WorkloadPatch,
  stored: Workload,
  left: ReadonlyMap<string, readonly Drift[]>,
): void {
  const { uid, generation } = write.workload;
  const target = targetAnnotationValue(write.workload.kind, write.workload.name);
  const changes = [...write.additions, ...write.removals];
  memory.denials.ended();
  const at = clock.now();
  memory.accepted(
    {
      gates: changes.map(({ gate }) => gate),
      repairs: [
        ...write.additions.map(({ mark, why }) => ({
          target,
          uid,
          mark,
          at,
          why,
          left: left.get(mark) ?? [],
        })),
        ...write.removals.map(({ mark }) => ({ target, uid, mark, at })),
      ],
      before: generation,
      after: stored.generation,
    },
    at,
  );
}

function checkAnswer({ workload }: WorkloadPatch, left: ReadonlyMap<string, readonly Drift[]>): void {
  const target = targetAnnotationValue(workload.kind, workload.name);
  const all = new Set([...left.values()].flat());
  if (all.size > 0) throw new Undone(`${target} was patched and is not current: ${[...all].join(', ')}`);
}

/**
 * Which gates a patch was refused for: each is tried by itself, by a dry-run that rolls nobody, so that one of them keeps
 * no other out. Where none is refused by itself it is all of them together.
 *
 * @throws whatever else a dry-run is answered
 */
async function refusedOf(
  writing: WorkloadWriting,
  { workload, additions }: WorkloadPatch,
  error: ApiError,
): Promise<Refusal[]> {
  const at = writing.clock.now();
  const all = additions.map((addition) => refusal(workload, addition, error, at));
  if (additions.length === 1) return all;
  const alone: Refusal[] = [];
  for (const addition of additions) {
    const answer = await refusalAlone(writing, workload, addition);
    if (answer) alone.push(refusal(workload, addition, answer, at));
  }
  return alone.length > 0 ? alone : all;
}

async function refusalAlone(
  writing: WorkloadWriting,
  workload: Workload,
  addition: Addition,
): Promise<ApiError | undefined> {
  const { patch: body } = workloadPatch(workload, [addition], []);
  try {
    await tryPatch(writing, workload, body);
    return undefined;
  } catch (error) {
    // That a 403 lasts is known by now: by that of the whole patch, or since a 422 comes after all permissions.
    if (isInvalid(error) || isForbidden(error)) return error;
    throw error;
  }
}

function refusal(
  { kind, name, uid, generation }: Workload,
  { gate, render: { hash } }: Addition,
  { message }: ApiError,
  at: number,
): Refusal {
  return {
    ...{ of: 'target', gate, target: targetAnnotationValue(kind, name) },
    ...{ uid, generation, hash, message, at },
  };
}
