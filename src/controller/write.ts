import { z } from 'zod';
import { FIELD_MANAGER } from '../api/names.ts';
import type { JsonObject, Workload } from '../core/model.ts';
import type { PodWrite } from '../core/plan/plan.ts';
import { type ApiError, isForbidden, isInvalid, isNotFound } from '../kube/api-error.ts';
import type { PatchOptions, Requests } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import type { Resource } from '../kube/resource.ts';
import { metadataSchema } from '../projections/metadata.ts';
import { PODS, WORKLOADS } from '../projections/resources.ts';
import type { Denials } from './denials.ts';
import type { Expectations } from './expectations.ts';
import type { Reference } from './reference.ts';

/** What every write of a reconcile is made with. */
export interface Writing {
  readonly requests: Pick<Requests, 'patch' | 'delete'>;
  readonly clock: Clock;
  /** Of the gate or workload that is reconciled. */
  readonly expectations: Expectations;
}

/** `gone`: there was nothing left to write to. `learned`: a refusal, or that a render is accepted. */
export type Result = 'done' | 'gone' | 'learned';

/** An object that is written to. */
export interface KnownObject {
  readonly resource: Resource;
  readonly kind: string;
  readonly object: Omit<Reference, 'kind'> & { readonly uid: string };
}

const answerSchema = z.object({ metadata: metadataSchema });

/**
 * A patch whose result the next reconcile is to see in the stores, which tell what it is: the answer has its version, and no
 * more than that is read of it, and given.
 */
export async function patch(
  writing: Writing,
  known: KnownObject,
  body: unknown,
  options: Omit<PatchOptions, 'fieldManager' | 'answer'>,
): Promise<string> {
  const { version } = await send(writing, known, body, { ...options, answer: 'metadata' });
  return version;
}

/** The same, with what was stored. */
export async function patchAndRead(
  writing: Writing,
  known: KnownObject,
  body: unknown,
  options: Omit<PatchOptions, 'fieldManager'>,
): Promise<unknown> {
  const { answer } = await send(writing, known, body, options);
  return answer;
}

async function send(
  writing: Writing,
  { resource, kind, object }: KnownObject,
  body: unknown,
  options: Omit<PatchOptions, 'fieldManager'>,
): Promise<{ readonly answer: unknown; readonly version: string }> {
  const answer = await writing.requests.patch(resource, object, body, {
    ...options,
    fieldManager: FIELD_MANAGER,
  });
  return { answer, version: expectToSee(writing, kind, answer) };
}

/** The same of a workload, of which nothing is stored: what would become of it, or why it would be refused. */
export function tryPatch(
  { requests }: { readonly requests: Pick<Requests, 'patch'> },
  workload: Workload,
  body: JsonObject,
): Promise<unknown> {
  const options = { type: 'strategic', fieldManager: FIELD_MANAGER, dryRun: true } as const;
  return requests.patch(WORKLOADS[workload.kind], workload, body, options);
}

/** Gives the version. What is left without a finalizer while it is being deleted is gone with this write: there is none to see. */
function expectToSee({ expectations, clock }: Writing, kind: string, answer: unknown): string {
  const { metadata } = answerSchema.parse(answer);
  const { namespace, name, uid, resourceVersion, deletionTimestamp, finalizers } = metadata;
  const isGone = deletionTimestamp !== undefined && finalizers.length === 0;
  const object = { kind, namespace, name };
  expectations.expect({ object, uid, resourceVersion: isGone ? undefined : resourceVersion }, clock.now());
  return resourceVersion;
}

/** Opens or deletes a Pod. */
export function writePod(writing: Writing, write: PodWrite): Promise<Result> {
  return write.do === 'open-pod' ? openPod(writing, write) : deletePod(writing, write);
}

function openPod(
  writing: Writing,
  { pod, annotations }: Extract<PodWrite, { do: 'open-pod' }>,
): Promise<Result> {
  const body = { metadata: { uid: pod.uid, annotations } };
  return ifThere(patch(writing, { resource: PODS, kind: 'Pod', object: pod }, body, { type: 'merge' }));
}

/** Both preconditions: a Pod that went on in the meantime is not the Pod that was evaluated. */
function deletePod(
  { requests, expectations, clock }: Writing,
  { pod }: Extract<PodWrite, { do: 'delete-pod' }>,
): Promise<Result> {
  const { namespace, name, uid, resourceVersion } = pod;
  const deletion = requests.delete(PODS, pod, { preconditions: { uid, resourceVersion } });
  return ifThere(deletion, () => {
    // Its deletion is a new version, whichever: the answer does not tell it.
    const next = String(BigInt(resourceVersion) + 1n);
    expectations.expect(
      { object: { kind: 'Pod', namespace, name }, uid, resourceVersion: next },
      clock.now(),
    );
  });
}

/** What is gone needs no write. */
export function ifThere<T>(write: Promise<T>, then: (answer: T) => void = () => {}): Promise<Result> {
  return unlessGone(async () => {
    then(await write);
    return 'done';
  });
}

/** The same of several requests. */
export async function unlessGone(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (isNotFound(error)) return 'gone';
    throw error;
  }
}

/**
 * An answer that the same write would get again. Of a 403 nobody knows that at first: it has to last, and until then it is
 * an error like others, after which it is tried again.
 */
export function isRefusal(
  error: unknown,
  { memory, clock }: { readonly memory: { readonly denials: Denials }; readonly clock: Pick<Clock, 'now'> },
): error is ApiError {
  if (isForbidden(error)) return memory.denials.denied(clock.now());
  memory.denials.ended();
  return isInvalid(error);
}
