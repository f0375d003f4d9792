import { expect } from 'chai';
import type { JsonObject } from '../../../src/core/model.ts';
import { readiness } from '../../../src/core/readiness/readiness.ts';

/** Objects of the shapes that Kubernetes' controllers write; `metadata` is added to a name and generation 2. */
export function made(apiVersion: string, kind: string, name: string, rest: JsonObject = {}): JsonObject {
  const { metadata = {}, ...parts } = rest;
  return { apiVersion, kind, metadata: { name, generation: 2, ...(metadata as JsonObject) }, ...parts };
}

export const condition = (type: string, status: string, more: JsonObject = {}): JsonObject => ({
  type,
  status,
  lastTransitionTime: '2026-01-02T03:04:05Z',
  ...more,
});

export const isDeleting: JsonObject = { metadata: { deletionTimestamp: '2026-01-02T03:04:05Z' } };

/** `ready: Deployment api is …` */
const said = (object: JsonObject) => {
  const { is, message } = readiness(object);
  return `${is}: ${message}`;
};

export interface Case {
  readonly when: string;
  readonly object: JsonObject;
  readonly says: string;
}

export function table(kind: string, cases: readonly Case[]): void {
  describe(`of a ${kind}`, () => {
    for (const { when, object, says } of cases) {
      it(`says, ${when}: ${says}`, () => {
        expect(said(object)).to.equal(says);
      });
    }
  });
}

/** Of generation 2, observed. */
export const deployment = (status: JsonObject, spec: JsonObject = { replicas: 3 }) =>
  made('apps/v1', 'Deployment', 'api', { spec, status: { observedGeneration: 2, ...status } });
export const job = (status: JsonObject, rest: JsonObject = {}) =>
  made('batch/v1', 'Job', 'migrate', {
    spec: { completions: 1, parallelism: 1, backoffLimit: 6 },
    status,
    ...rest,
  });
export const backoff = {
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
};
export const failedJob = job({
  failed: 7,
  conditions: [condition('FailureTarget', 'True', backoff), condition('Failed', 'True', backoff)],
});
export const completeJob = {
  succeeded: 1,
  conditions: [condition('SuccessCriteriaMet', 'True'), condition('Complete', 'True')],
};

export const custom = (status: JsonObject, rest: JsonObject = {}) =>
  made('example.com/v1', 'Database', 'main', { spec: {}, status, ...rest });
