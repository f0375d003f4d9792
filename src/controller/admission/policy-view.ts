import { z } from 'zod';
import { firstStart, firstStartCronJob } from '../../api/policies/first-start-policy.ts';
import { injectCronJob } from '../../api/policies/inject-cronjob.ts';
import { inject } from '../../api/policies/inject-policy.ts';
import { place, placeCronJob } from '../../api/policies/place-policy.ts';
import type { Admission } from '../../api/policies/policy.ts';
import type { Policy, PolicyView } from '../../core/admission/policies.ts';
import { lastWrite, metadataSchema } from '../../projections/metadata.ts';

/** An object of a policy as the API server holds it, or that it is not there. */
export type PolicyAnswer = { readonly object: unknown } | 'absent' | 'forbidden';

const objectSchema = z.object({ metadata: metadataSchema, spec: z.unknown() });
const SHIPPED: Readonly<Record<Policy, () => Admission>> = {
  'dependencygate-inject': inject,
  'dependencygate-inject-cronjob': injectCronJob,
  'dependencygate-place': place,
  'dependencygate-place-cronjob': placeCronJob,
  'dependencygate-first-start': firstStart,
  'dependencygate-first-start-cronjob': firstStartCronJob,
};

/**
 * What the answers say of a policy, by the name that it has in the cluster. A policy that may not be read is none to count on; a binding that may not be read,
 * by an operator with the permissions of an older release, is taken to be there.
 */
export function viewOf(
  policy: Policy,
  name: string,
  policyAnswer: PolicyAnswer,
  bindingAnswer: PolicyAnswer,
): PolicyView {
  const objects = [policyAnswer, bindingAnswer].map(read);
  const [one, binding] = SHIPPED[policy]().objects;
  const wanted = [one.spec, { ...binding.spec, policyName: name }];
  return {
    isThere: objects[0] !== undefined,
    ...(policyAnswer === 'forbidden' && { isForbidden: true }),
    isBound: objects[1] !== undefined || bindingAnswer === 'forbidden',
    isOurs: objects.every((found, index) => !found || holds(found.spec, wanted[index])),
    writtenAt: objects.map((found) => found?.writtenAt ?? '').reduce(later, ''),
    revision: objects.map((found) => `${found?.uid} ${found?.generation}`).join(', '),
  };
}

function read(answer: PolicyAnswer) {
  if (answer === 'absent' || answer === 'forbidden') return undefined;
  const { metadata, spec } = objectSchema.parse(answer.object);
  const writtenAt = later(metadata.creationTimestamp, lastWrite(metadata.managedFields));
  return { uid: metadata.uid, generation: metadata.generation, writtenAt, spec };
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}

/** Whether what is stored says all that was shipped: an API server adds fields with their defaults, and takes none. */
function holds(stored: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(stored) &&
      stored.length === wanted.length &&
      wanted.every((one, index) => holds(stored[index], one))
    );
  }
  if (!isRecord(wanted)) return stored === wanted;
  return isRecord(stored) && Object.entries(wanted).every(([key, value]) => holds(stored[key], value));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
