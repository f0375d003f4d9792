import { expect } from 'chai';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/core/model.ts';
import { conditionOf, readiness } from '../../../src/core/readiness/readiness.ts';

/** Objects with the names that matter and values that do not fit, beside such that do. */

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(
      null,
      true,
      0,
      1,
      -1.5,
      '',
      'True',
      'False',
      'Failed',
      'Ready',
      'OnDelete',
      'Bound',
    ),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('type', 'status', 'phase', 'replicas', 'conditions', '__proto__'),
      tie('json'),
    ),
  ),
}));

const condition = fc.record<JsonObject>(
  {
    type: fc.constantFrom<Json>('Ready', 'Failed', 'Complete', 'Stalled', 'Reconciling', 'Available', 1),
    status: fc.constantFrom<Json>('True', 'False', 'Unknown', null),
    reason: json,
    message: json,
    observedGeneration: fc.oneof(fc.integer({ min: 0, max: 3 }), json),
  },
  { requiredKeys: [] },
);

const object: fc.Arbitrary<JsonObject> = fc.record<JsonObject>(
  {
    apiVersion: fc.constantFrom<Json>(
      'v1',
      'apps/v1',
      'batch/v1',
      'apiextensions.k8s.io/v1',
      'example.com/v1',
      7,
    ),
    kind: fc.constantFrom<Json>(
      'Deployment',
      'StatefulSet',
      'DaemonSet',
      'Job',
      'Pod',
      'PersistentVolumeClaim',
      'Namespace',
      'CustomResourceDefinition',
      'Other',
      null,
    ),
    metadata: fc.oneof(
      fc.record<JsonObject>({ name: fc.constant('x'), generation: fc.integer({ min: 0, max: 3 }) }),
      fc.constant<Json>({ name: 'x', deletionTimestamp: '2026-01-02T03:04:05Z' }),
      json,
    ),
    spec: json,
    status: fc.oneof(
      fc.record<JsonObject>(
        {
          conditions: fc.array(condition, { maxLength: 4 }),
          observedGeneration: json,
          replicas: json,
          phase: json,
        },
        { requiredKeys: [] },
      ),
      json,
    ),
  },
  { requiredKeys: [] },
);

describe('readiness and conditionOf', () => {
  it('never throw, and always say something, whatever JSON it is', () => {
    fc.assert(
      fc.property(object, fc.string(), (over, type) => {
        for (const { is, message } of [
          readiness(over),
          conditionOf(over, type, 'True'),
          conditionOf(over, 'Ready', 'True'),
        ]) {
          expect(is).to.be.oneOf(['ready', 'waiting', 'failed']);
          expect(message)
            .to.match(/\S/)
            .and.not.match(/undefined|null|NaN|\[object/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never take what is being deleted for ready, except for a Job that has ended', () => {
    fc.assert(
      fc.property(object, (over) => {
        const deleting = { ...over, metadata: { name: 'x', deletionTimestamp: '2026-01-02T03:04:05Z' } };
        const { is, message } = readiness(deleting);
        if (is === 'waiting') return;
        expect(over.apiVersion).to.equal('batch/v1');
        expect(message).to.match(is === 'ready' ? /^Job x completed$/ : /^Job x failed/);
      }),
      { numRuns: 500 },
    );
  });

  it('do not change what they are given', () => {
    fc.assert(
      fc.property(object, (over) => {
        const before = JSON.stringify(over);
        readiness(over);
        conditionOf(over, 'Ready', 'True');
        expect(JSON.stringify(over)).to.equal(before);
      }),
    );
  });
});
