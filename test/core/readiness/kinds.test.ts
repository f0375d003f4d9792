import type { JsonObject } from '../../../src/core/model.ts';
import { backoff, completeJob, condition, failedJob, isDeleting, job, made, table } from './watched.ts';

const pod = (status: JsonObject) => made('v1', 'Pod', 'seed', { spec: { containers: [] }, status });
const crd = (...conditions: JsonObject[]) =>
  made('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'gates.example.com', {
    spec: {},
    status: { conditions },
  });

describe('readiness', () => {
  table('Job', [
    {
      when: 'when it is new',
      object: job({}),
      says: 'waiting: Job migrate: 0 of 1 Pods succeeded, 0 active, 0 failed',
    },
    {
      when: 'at work',
      object: job({ active: 1, failed: 2, ready: 1 }),
      says: 'waiting: Job migrate: 0 of 1 Pods succeeded, 1 active, 2 failed',
    },
    {
      when: 'suspended',
      object: job(
        { conditions: [condition('Suspended', 'True')] },
        { spec: { completions: 2, suspend: true } },
      ),
      says: 'waiting: Job migrate is suspended: 0 of 2 Pods succeeded, 0 active, 0 failed',
    },
    {
      when: 'about to have failed',
      object: job({ conditions: [condition('FailureTarget', 'True', backoff)] }),
      says: 'waiting: Job migrate is failing: BackoffLimitExceeded: Job has reached the specified backoff limit',
    },
    {
      when: 'failed',
      object: failedJob,
      says: 'failed: Job migrate failed: BackoffLimitExceeded: Job has reached the specified backoff limit',
    },
    {
      when: 'failed without a word',
      object: job({ conditions: [condition('Failed', 'True')] }),
      says: 'failed: Job migrate failed',
    },
    {
      when: 'not failed after all',
      object: job({ active: 1, conditions: [condition('Failed', 'False', backoff)] }),
      says: 'waiting: Job migrate: 0 of 1 Pods succeeded, 1 active, 0 failed',
    },
    { when: 'complete', object: job(completeJob), says: 'ready: Job migrate completed' },
    {
      when: 'complete and tidied away',
      object: job(completeJob, isDeleting),
      says: 'ready: Job migrate completed',
    },
    {
      when: 'failed and tidied away',
      object: job({ conditions: [condition('Failed', 'True', backoff)] }, isDeleting),
      says: `failed: Job migrate failed: ${backoff.reason}: ${backoff.message}`,
    },
    {
      when: 'deleted before it was complete',
      object: job({ active: 1 }, isDeleting),
      says: 'waiting: Job migrate is being deleted',
    },
  ]);

  table('Pod', [
    { when: 'when it is new', object: pod({}), says: 'waiting: Pod seed is not started' },
    {
      when: 'that fits nowhere',
      object: pod({
        phase: 'Pending',
        conditions: [
          condition('PodScheduled', 'False', { reason: 'Unschedulable', message: '0/3 nodes are available' }),
        ],
      }),
      says: 'waiting: Pod seed is not scheduled: Unschedulable: 0/3 nodes are available',
    },
    {
      when: 'that starts',
      object: pod({ phase: 'Pending', conditions: [condition('PodScheduled', 'True')] }),
      says: 'waiting: Pod seed is Pending',
    },
    {
      when: 'that is not ready',
      object: pod({
        phase: 'Running',
        conditions: [
          condition('Ready', 'False', {
            reason: 'ContainersNotReady',
            message: 'containers with unready status: [app]',
          }),
        ],
      }),
      says: 'waiting: Pod seed is Running: ContainersNotReady: containers with unready status: [app]',
    },
    {
      when: 'that is ready',
      object: pod({ phase: 'Running', conditions: [condition('Ready', 'True')] }),
      says: 'ready: Pod seed is ready',
    },
    {
      when: 'that succeeded',
      object: pod({
        phase: 'Succeeded',
        conditions: [condition('Ready', 'False', { reason: 'PodCompleted' })],
      }),
      says: 'ready: Pod seed succeeded',
    },
    {
      when: 'that was evicted',
      object: pod({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }),
      says: 'failed: Pod seed failed: Evicted: The node was low on resource: memory.',
    },
  ]);

  const claim = (status: JsonObject) => made('v1', 'PersistentVolumeClaim', 'data', { spec: {}, status });
  table('PersistentVolumeClaim', [
    {
      when: 'when it is new',
      object: claim({}),
      says: 'waiting: PersistentVolumeClaim data is Pending: it is not bound to a volume yet',
    },
    { when: 'bound', object: claim({ phase: 'Bound' }), says: 'ready: PersistentVolumeClaim data is Bound' },
    {
      when: 'lost',
      object: claim({ phase: 'Lost' }),
      says: 'failed: PersistentVolumeClaim data is Lost: its volume does not exist any more',
    },
  ]);

  const space = (status: JsonObject) =>
    made('v1', 'Namespace', 'shop', { spec: { finalizers: ['kubernetes'] }, status });
  table('Namespace', [
    { when: 'in use', object: space({ phase: 'Active' }), says: 'ready: Namespace shop is Active' },
    {
      when: 'going away',
      object: space({ phase: 'Terminating' }),
      says: 'waiting: Namespace shop is Terminating',
    },
    { when: 'of no phase', object: space({}), says: 'waiting: Namespace shop is not Active yet' },
  ]);

  table('CustomResourceDefinition', [
    {
      when: 'when it is new',
      object: crd(),
      says: 'waiting: CustomResourceDefinition gates.example.com is not established yet',
    },
    {
      when: 'established',
      object: crd(condition('NamesAccepted', 'True'), condition('Established', 'True')),
      says: 'ready: CustomResourceDefinition gates.example.com is established',
    },
    {
      when: 'whose names are taken',
      object: crd(
        condition('NamesAccepted', 'False', {
          reason: 'PluralConflict',
          message: '"gates" is already in use',
        }),
        condition('Established', 'True'),
      ),
      says: 'waiting: CustomResourceDefinition gates.example.com: its names are not accepted: PluralConflict: "gates" is already in use',
    },
    {
      when: 'still being set up',
      object: crd(
        condition('NamesAccepted', 'True'),
        condition('Established', 'False', {
          reason: 'Installing',
          message: 'the initial names have been accepted',
        }),
      ),
      says: 'waiting: CustomResourceDefinition gates.example.com is not established yet: Installing: the initial names have been accepted',
    },
  ]);

  const service = (...conditions: JsonObject[]) =>
    made('apiregistration.k8s.io/v1', 'APIService', 'v1.metrics', { spec: {}, status: { conditions } });
  table('APIService', [
    {
      when: 'that answers',
      object: service(condition('Available', 'True', { reason: 'Passed' })),
      says: 'ready: APIService v1.metrics is available',
    },
    {
      when: 'that does not',
      object: service(
        condition('Available', 'False', { reason: 'MissingEndpoints', message: 'no endpoints' }),
      ),
      says: 'waiting: APIService v1.metrics is not available: MissingEndpoints: no endpoints',
    },
  ]);
});
