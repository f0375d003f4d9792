import { z } from 'zod';
import { FIELD_MANAGER, FINALIZER, targetAnnotationValue } from '../api/names.ts';
import type { Gate, Refusal, Workload, Write } from '../core/model.ts';
import { drift, type Injection } from '../core/render/inject.ts';
import { ApiError, isForbidden, isInvalid, isNotFound } from '../kube/api-error.ts';
import type { PatchOptions, Requests } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import { type Key, keyOf } from '../kube/object.ts';
import type { ObjectName, Resource } from '../kube/resource.ts';
import { metadataSchema } from '../projections/metadata.ts';
import { projectWorkload } from '../projections/project-workload.ts';
import { GATES, PODS, WORKLOADS } from '../projections/resources.ts';
import type { Memory } from './memory.ts';

export interface ActContext {
  readonly requests: Pick<Requests, 'patch' | 'delete'>;
  readonly memory: Memory;
  readonly clock: Clock;
}

/** The API server accepted a patch, and what it stored is not current all the same: something undid it on the way. */
export class Undone extends Error {
  override readonly name = 'Undone';
}

const answerSchema = z.object({ metadata: metadataSchema });

/**
 * Makes the writes of a plan, in order. A target that is gone is fine. A refusal is remembered and the other writes go
 * on: the status will say it. So they do after a failure that is one target's own; after that of one Pod the other Pods
 * are opened. Any other ends the pass.
 *
 * @throws ApiError, Undone
 */
export async function act(context: ActContext, key: Key, writes: readonly Write[]): Promise<Outcome> {
  const done: Write[] = [];
  const failures: Failed[] = [];
  let hasLearned = false;
  for (const write of writes) {
    if (waitsForPods(write, failures)) continue;
    try {
      const result = await perform(context, key, write);
      if (result === 'done') done.push(write);
      hasLearned ||= result === 'learned';
    } catch (error) {
      const failed = onesOwn(write, error);
      if (!failed) throw error;
      failures.push(failed);
    }
  }
  return { done, hasLearned, failures };
}

/** A template is not cleaned, and no Pod deleted, before the Pods that wait have been opened. */
function waitsForPods(write: Write, failures: readonly Failed[]): boolean {
  return write.do !== 'open-pod' && failures.some((failed) => failed.write.do === 'open-pod');
}

/**
 * A target that changes all the time, or an object that a webhook refuses to have changed, keeps no other from what it is
 * to get, nor the status from being written; no answer may be everybody's.
 */
function onesOwn(write: Write, error: unknown): Failed | undefined {
  if (write.do !== 'patch-target' && write.do !== 'clean-target' && write.do !== 'open-pod') return undefined;
  const isAnswer = error instanceof ApiError && error.status > 0 && error.status !== 429;
  return isAnswer || error instanceof Undone ? { write, error } : undefined;
}

/** A target or a Pod that could not be written. */
export interface Failed {
  readonly write: Extract<Write, { do: 'patch-target' | 'clean-target' | 'open-pod' }>;
  readonly error: ApiError | Undone;
}

export interface Outcome {
  /** The writes that the API server has stored. */
  readonly done: readonly Write[];
  /** Whether something was learned that no watch will tell: the gate is to be looked at again. */
  readonly hasLearned: boolean;
  /** What kept single targets and Pods from being written: the pass is to be made again. */
  readonly failures: readonly Failed[];
}

/** `gone`: there was nothing left to write to. `learned`: a refusal, or that a render is accepted. */
type Result = 'done' | 'gone' | 'learned';

async function perform(context: ActContext, key: Key, write: Write): Promise<Result> {
  switch (write.do) {
    case 'add-finalizer':
      return setFinalizers(context, write.gate, [...write.gate.finalizers, FINALIZER]);
    case 'remove-finalizer':
      return setFinalizers(
        context,
        write.gate,
        write.gate.finalizers.filter((name) => name !== FINALIZER),
      );
    case 'try-render':
      return tryRender(context, key, write);
    case 'patch-target':
      return patchTarget(context, key, write);
    case 'clean-target':
      return cleanTarget(context, key, write);
    case 'open-pod':
      return openPod(context, key, write);
    case 'delete-pod':
      return deletePod(context, key, write);
  }
}

/** A JSON merge patch with the resource version as precondition: another's finalizers are never lost. */
async function setFinalizers(
  context: ActContext,
  gate: Gate,
  finalizers: readonly string[],
): Promise<Result> {
  const body = { metadata: { resourceVersion: gate.resourceVersion, finalizers } };
  const known = { resource: GATES, kind: 'DependencyGate', object: gate };
  return ifThere(patch(context, keyOf(gate), known, body, { type: 'merge', fieldManager: FIELD_MANAGER }));
}

async function tryRender(
  context: ActContext,
  key: Key,
  write: Extract<Write, { do: 'try-render' }>,
): Promise<Result> {
  const { workload, hash } = write;
  const options = { type: 'strategic', fieldManager: FIELD_MANAGER, dryRun: true } as const;
  try {
    await context.requests.patch(WORKLOADS[workload.kind], workload, write.patch, options);
    context.memory.renderAccepted(key, hash);
    return 'learned';
  } catch (error) {
    if (isNotFound(error)) return 'gone';
    if (!isRefusal(error)) throw error;
    context.memory.refused(key, refusal('render', workload, hash, error, context.clock.now()));
    return 'learned';
  }
}

async function patchTarget(
  context: ActContext,
  key: Key,
  write: Extract<Write, { do: 'patch-target' }>,
): Promise<Result> {
  const { workload, gate, render } = write;
  const target = targetAnnotationValue(workload.kind, workload.name);
  try {
    return await ifThere(patchWorkload(context, key, workload, write.patch), (answer) => {
      const { uid } = workload;
      context.memory.targetAccepted(key, { target, uid, hash: render.hash, at: context.clock.now() });
      checkAnswer({ gate, render, target }, projectWorkload(workload.kind, answer));
    });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    context.memory.refused(key, refusal('target', workload, render.hash, error, context.clock.now()));
    return 'learned';
  }
}

/** What was stored is in the answer: an admission step with an older view of the gate may have changed it. */
function checkAnswer(injection: Injection, { template }: Workload): void {
  const left = drift(template, injection);
  if (left.length > 0)
    throw new Undone(`${injection.target} was patched and is not current: ${left.join(', ')}`);
}

async function cleanTarget(
  context: ActContext,
  key: Key,
  write: Extract<Write, { do: 'clean-target' }>,
): Promise<Result> {
  const { kind, name, uid } = write.workload;
  const target = targetAnnotationValue(kind, name);
  return ifThere(patchWorkload(context, key, write.workload, write.patch), () => {
    context.memory.targetAccepted(key, { target, uid, hash: write.mark, at: context.clock.now() });
  });
}

function patchWorkload(context: ActContext, key: Key, workload: Workload, body: unknown): Promise<unknown> {
  const known = { resource: WORKLOADS[workload.kind], kind: workload.kind, object: workload };
  return patch(context, key, known, body, { type: 'strategic', fieldManager: FIELD_MANAGER });
}

async function openPod(
  context: ActContext,
  key: Key,
  { pod, annotations }: Extract<Write, { do: 'open-pod' }>,
): Promise<Result> {
  const body = { metadata: { uid: pod.uid, annotations } };
  const known = { resource: PODS, kind: 'Pod', object: pod };
  const opening = patch(context, key, known, body, { type: 'merge', fieldManager: FIELD_MANAGER });
  return ifThere(opening, () => {
    context.memory.opened(key, pod, Object.keys(annotations), context.clock.now());
  });
}

/** Both preconditions: a Pod that went on in the meantime is not the Pod that was judged. */
function deletePod(
  context: ActContext,
  key: Key,
  { pod }: Extract<Write, { do: 'delete-pod' }>,
): Promise<Result> {
  const { uid, resourceVersion } = pod;
  const deletion = context.requests.delete(PODS, pod, { preconditions: { uid, resourceVersion } });
  return ifThere(deletion, () => {
    // Its deletion is a new version, whichever: the answer does not tell it.
    const next = String(BigInt(resourceVersion) + 1n);
    const object = `Pod/${keyOf(pod)}`;
    context.memory.expect(key, { object, uid, resourceVersion: next }, context.clock.now());
  });
}

interface Known {
  readonly resource: Resource;
  readonly kind: string;
  readonly object: ObjectName & { readonly uid: string };
}

/** A patch whose result the next pass is to see in the stores. */
async function patch(
  context: ActContext,
  key: Key,
  known: Known,
  body: unknown,
  options: PatchOptions,
): Promise<unknown> {
  const answer = await context.requests.patch(known.resource, known.object, body, options);
  expectToSee(context, key, known.kind, answer);
  return answer;
}

/** What is left without a finalizer while it is being deleted is gone with this write: there is no version to see. */
export function expectToSee({ memory, clock }: ActContext, key: Key, kind: string, answer: unknown): void {
  const { metadata } = answerSchema.parse(answer);
  const { uid, resourceVersion, deletionTimestamp, finalizers } = metadata;
  const isGone = deletionTimestamp !== undefined && finalizers.length === 0;
  const object = `${kind}/${keyOf(metadata)}`;
  memory.expect(key, { object, uid, resourceVersion: isGone ? undefined : resourceVersion }, clock.now());
}

async function ifThere<T>(write: Promise<T>, then: (answer: T) => void = () => {}): Promise<Result> {
  try {
    then(await write);
    return 'done';
  } catch (error) {
    if (isNotFound(error)) return 'gone';
    throw error;
  }
}

function isRefusal(error: unknown): error is ApiError {
  return isInvalid(error) || isForbidden(error);
}

function refusal(
  of: Refusal['of'],
  { kind, name, uid, generation }: Workload,
  hash: string,
  error: ApiError,
  at: number,
): Refusal {
  const target = targetAnnotationValue(kind, name);
  return { of, target, uid, generation, hash, message: error.message, at };
}
