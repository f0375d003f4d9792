import { firstStart, firstStartCronJob } from '../../../src/api/policies/first-start-policy.ts';
import { injectCronJob } from '../../../src/api/policies/inject-cronjob.ts';
import { inject } from '../../../src/api/policies/inject-policy.ts';
import { place, placeCronJob } from '../../../src/api/policies/place-policy.ts';
import type { PolicyObject } from '../../../src/api/policies/policy.ts';

/** When the policies of these tests were applied. */
export const APPLIED_AT = '2026-01-01T00:00:00Z';

/** A policy or binding as the API server has it, which adds fields of its own. */
export interface StoredPolicy {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The objects of this release as an API server stores them, by kind and name: `MutatingAdmissionPolicy dependencygate-inject`. */
export function storedPolicies(): Map<string, StoredPolicy> {
  const shipped = [inject(), injectCronJob(), place(), placeCronJob(), firstStart(), firstStartCronJob()];
  const objects = shipped.flatMap((one) => one.objects);
  return new Map(objects.map((object) => [`${object.kind} ${object.metadata.name}`, stored(object)]));
}

function stored({ kind, metadata, spec }: PolicyObject): StoredPolicy {
  const own = { uid: `uid-of-${metadata.name}`, resourceVersion: '5', generation: 1 };
  const defaults = kind === 'MutatingAdmissionPolicy' ? { somethingNew: 'Default' } : {};
  return {
    metadata: { ...metadata, ...own, creationTimestamp: APPLIED_AT },
    spec: { ...spec, ...defaults },
  };
}

/** Which of them a request is for: by the resource in the API's paths, and the name. */
export function asked(plural: string, name: string): string {
  const kind = plural.startsWith('mutating') ? 'MutatingAdmissionPolicy' : 'ValidatingAdmissionPolicy';
  return `${kind}${plural.endsWith('bindings') ? 'Binding' : ''} ${name}`;
}
