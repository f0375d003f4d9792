import type { JsonObject } from '../../../src/core/model.ts';
import { condition, deployment, made, table } from './watched.ts';

const rolledOut = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
const late = condition('Progressing', 'False', {
  reason: 'ProgressDeadlineExceeded',
  message: 'ReplicaSet "api-1" has timed out',
});

const statefulSet = (status: JsonObject, spec: JsonObject = {}) =>
  made('apps/v1', 'StatefulSet', 'db', {
    spec: {
      replicas: 3,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      ...spec,
    },
    status: {
      observedGeneration: 2,
      replicas: 3,
      readyReplicas: 3,
      currentRevision: 'db-1',
      updateRevision: 'db-1',
      updatedReplicas: 3,
      ...status,
    },
  });
const halfway = { currentReplicas: 2, updatedReplicas: 1, updateRevision: 'db-2' };
const onDelete = { updateStrategy: { type: 'OnDelete' } };
const partition = (from: number) => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: from } },
});

const daemonSet = (status: JsonObject, spec: JsonObject = {}) =>
  made('apps/v1', 'DaemonSet', 'agent', {
    spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } }, ...spec },
    status: {
      observedGeneration: 2,
      desiredNumberScheduled: 4,
      currentNumberScheduled: 4,
      updatedNumberScheduled: 4,
      numberAvailable: 4,
      numberReady: 4,
      ...status,
    },
  });

describe('readiness', () => {
  table('Deployment', [
    {
      when: 'when nothing has been observed',
      object: made('apps/v1', 'Deployment', 'api', { spec: { replicas: 3 } }),
      says: 'waiting: Deployment api: its spec update is yet to be observed',
    },
    {
      when: 'after a change',
      object: deployment({ ...rolledOut, observedGeneration: 1 }),
      says: 'waiting: Deployment api: its spec update is yet to be observed',
    },
    {
      when: 'in the middle of a rollout',
      object: deployment({ replicas: 4, updatedReplicas: 1, availableReplicas: 3 }),
      says: 'waiting: Deployment api: 1 of 3 replicas are updated',
    },
    {
      when: 'with old replicas left',
      object: deployment({ replicas: 5, updatedReplicas: 3, availableReplicas: 5 }),
      says: 'waiting: Deployment api: 2 old replicas are pending termination',
    },
    {
      when: 'with new ones that are not available',
      object: deployment({ replicas: 3, updatedReplicas: 3, availableReplicas: 2 }),
      says: 'waiting: Deployment api: 2 of 3 updated replicas are available',
    },
    {
      when: 'with none available',
      object: deployment({ replicas: 3, updatedReplicas: 3, unavailableReplicas: 3 }),
      says: 'waiting: Deployment api: 0 of 3 updated replicas are available',
    },
    {
      when: 'past its deadline, as it may still heal',
      object: deployment({ replicas: 3, updatedReplicas: 3, conditions: [late] }),
      says: 'waiting: Deployment api exceeded its progress deadline: 0 of 3 updated replicas are available',
    },
    {
      when: 'healed after its deadline',
      object: deployment({ ...rolledOut, conditions: [late] }),
      says: 'ready: Deployment api is rolled out: 3 of 3 replicas are available',
    },
    {
      when: 'done',
      object: deployment(rolledOut),
      says: 'ready: Deployment api is rolled out: 3 of 3 replicas are available',
    },
    {
      when: 'with the default of one replica',
      object: deployment({ replicas: 1 }, {}),
      says: 'waiting: Deployment api: 0 of 1 replicas are updated',
    },
    {
      when: 'scaled to nothing',
      object: deployment({}, { replicas: 0 }),
      says: 'ready: Deployment api is rolled out: 0 of 0 replicas are available',
    },
    {
      when: 'of a group of its own kind',
      object: { ...deployment({}), apiVersion: 'example.com/v1' },
      says: 'waiting: Deployment api has no conditions yet: if it never has any, name a condition or give an expression',
    },
    {
      when: 'of any version',
      object: { ...deployment(rolledOut), apiVersion: 'apps/v1beta2' },
      says: 'ready: Deployment api is rolled out: 3 of 3 replicas are available',
    },
    {
      when: 'when it goes away',
      object: {
        ...deployment(rolledOut),
        metadata: { name: 'api', generation: 2, deletionTimestamp: '2026-01-02T03:04:05Z' },
      },
      says: 'waiting: Deployment api is being deleted',
    },
  ]);

  table('StatefulSet', [
    {
      when: 'when nothing has been observed',
      object: statefulSet({ observedGeneration: 0 }),
      says: 'waiting: StatefulSet db: its spec update is yet to be observed',
    },
    {
      when: 'with replicas that are not ready',
      object: statefulSet({ readyReplicas: 2 }),
      says: 'waiting: StatefulSet db: 2 of 3 replicas are ready',
    },
    {
      when: 'in the middle of a rollout',
      object: statefulSet(halfway),
      says: 'waiting: StatefulSet db: 1 of 3 replicas are updated',
    },
    {
      when: 'updated as far as its partition',
      object: statefulSet(halfway, partition(2)),
      says: 'ready: StatefulSet db is rolled out: 3 of 3 replicas are ready',
    },
    {
      when: 'not yet updated to its partition',
      object: statefulSet(halfway, partition(1)),
      says: 'waiting: StatefulSet db: 1 of 2 replicas are updated',
    },
    {
      when: 'with OnDelete, where nobody updates',
      object: statefulSet(halfway, onDelete),
      says: 'ready: StatefulSet db is rolled out: 3 of 3 replicas are ready',
    },
    {
      when: 'with OnDelete and not ready',
      object: statefulSet({ ...halfway, readyReplicas: 0 }, onDelete),
      says: 'waiting: StatefulSet db: 0 of 3 replicas are ready',
    },
    {
      when: 'done',
      object: statefulSet({}),
      says: 'ready: StatefulSet db is rolled out: 3 of 3 replicas are ready',
    },
  ]);

  table('DaemonSet', [
    {
      when: 'after a change',
      object: daemonSet({ observedGeneration: 1 }),
      says: 'waiting: DaemonSet agent: its spec update is yet to be observed',
    },
    {
      when: 'in the middle of a rollout',
      object: daemonSet({ updatedNumberScheduled: 1 }),
      says: 'waiting: DaemonSet agent: 1 of 4 Pods are updated',
    },
    {
      when: 'with Pods that are not available',
      object: daemonSet({ numberAvailable: 3, numberUnavailable: 1 }),
      says: 'waiting: DaemonSet agent: 3 of 4 Pods are available',
    },
    {
      when: 'with OnDelete, where nobody updates',
      object: daemonSet({ updatedNumberScheduled: 0 }, onDelete),
      says: 'ready: DaemonSet agent is rolled out: 4 of 4 Pods are available',
    },
    {
      when: 'done',
      object: daemonSet({}),
      says: 'ready: DaemonSet agent is rolled out: 4 of 4 Pods are available',
    },
    {
      when: 'on no node',
      object: daemonSet({ desiredNumberScheduled: 0, updatedNumberScheduled: 0, numberAvailable: 0 }),
      says: 'ready: DaemonSet agent is rolled out: 0 of 0 Pods are available',
    },
  ]);
});
