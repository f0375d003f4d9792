import { expect } from 'chai';
import type { JsonObject } from '../../src/core/model.ts';
import { conditionOf, readiness } from '../../src/core/readiness.ts';

/** Objects of the shapes that Kubernetes' controllers write; `metadata` is added to a name and generation 2. */
function made(apiVersion: string, kind: string, name: string, rest: JsonObject = {}): JsonObject {
  const { metadata = {}, ...parts } = rest;
  return { apiVersion, kind, metadata: { name, generation: 2, ...(metadata as JsonObject) }, ...parts };
}

const condition = (type: string, status: string, more: JsonObject = {}): JsonObject => ({
  type,
  status,
  lastTransitionTime: '2026-01-02T03:04:05Z',
  ...more,
});

const isDeleting: JsonObject = { metadata: { deletionTimestamp: '2026-01-02T03:04:05Z' } };

/** `ready: Deployment api is …` */
const said = (object: JsonObject) => {
  const { is, message } = readiness(object);
  return `${is}: ${message}`;
};

interface Case {
  readonly when: string;
  readonly object: JsonObject;
  readonly says: string;
}

function table(kind: string, cases: readonly Case[]): void {
  describe(`of a ${kind}`, () => {
    for (const { when, object, says } of cases) {
      it(`says, ${when}: ${says}`, () => {
        expect(said(object)).to.equal(says);
      });
    }
  });
}

const deployment = (status: JsonObject, spec: JsonObject = { replicas: 3 }) =>
  made('apps/v1', 'Deployment', 'api', { spec, status: { observedGeneration: 2, ...status } });
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

const job = (status: JsonObject, rest: JsonObject = {}) =>
  made('batch/v1', 'Job', 'migrate', {
    spec: { completions: 1, parallelism: 1, backoffLimit: 6 },
    status,
    ...rest,
  });
const backoff = { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
const failedJob = job({
  failed: 7,
  conditions: [condition('FailureTarget', 'True', backoff), condition('Failed', 'True', backoff)],
});
const completeJob = {
  succeeded: 1,
  conditions: [condition('SuccessCriteriaMet', 'True'), condition('Complete', 'True')],
};

const pod = (status: JsonObject) => made('v1', 'Pod', 'seed', { spec: { containers: [] }, status });
const custom = (status: JsonObject, rest: JsonObject = {}) =>
  made('example.com/v1', 'Database', 'main', { spec: {}, status, ...rest });
const crd = (...conditions: JsonObject[]) =>
  made('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'gates.example.com', {
    spec: {},
    status: { conditions },
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

  const isReady = condition('Ready', 'True', { reason: 'AllUp', message: '3 members' });
  table('kind that is not known', [
    {
      when: 'when it is ready',
      object: custom({ conditions: [isReady] }),
      says: 'ready: Database main: Ready is True: AllUp: 3 members',
    },
    {
      when: 'when it is not',
      object: custom({ conditions: [condition('Ready', 'False', { reason: 'Starting' })] }),
      says: 'waiting: Database main: Ready is False: Starting',
    },
    {
      when: 'when nobody knows',
      object: custom({ conditions: [condition('Ready', 'Unknown')] }),
      says: 'waiting: Database main: Ready is Unknown',
    },
    {
      when: 'when its status is older',
      object: custom({ observedGeneration: 1, conditions: [isReady] }),
      says: 'waiting: Database main: its status is of generation 1, not yet of 2',
    },
    {
      when: 'when its status is current',
      object: custom({ observedGeneration: 2, conditions: [isReady] }),
      says: 'ready: Database main: Ready is True: AllUp: 3 members',
    },
    {
      when: 'when its condition is older',
      object: custom({
        observedGeneration: 2,
        conditions: [condition('Ready', 'True', { observedGeneration: 1 })],
      }),
      says: 'waiting: Database main: its status is of generation 1, not yet of 2',
    },
    {
      when: 'when it is stalled',
      object: custom({
        conditions: [isReady, condition('Stalled', 'True', { reason: 'NoQuota', message: 'ask for more' })],
      }),
      says: 'failed: Database main is stalled: NoQuota: ask for more',
    },
    {
      when: 'when it is not stalled',
      object: custom({ conditions: [isReady, condition('Stalled', 'False')] }),
      says: 'ready: Database main: Ready is True: AllUp: 3 members',
    },
    {
      when: 'when it is on its way',
      object: custom({ conditions: [isReady, condition('Reconciling', 'True')] }),
      says: 'waiting: Database main is reconciling',
    },
    {
      when: 'when its conditions are others',
      object: custom({ conditions: [condition('Synced', 'True'), condition('Healthy', 'True')] }),
      says: 'waiting: Database main has no condition Ready; it has Synced, Healthy: name one of them or give an expression',
    },
    {
      when: 'without conditions',
      object: custom({ conditions: [] }),
      says: 'waiting: Database main has no conditions yet: if it never has any, name a condition or give an expression',
    },
    {
      when: 'with a spec alone',
      object: made('example.com/v1', 'Database', 'main', { spec: {} }),
      says: 'waiting: Database main has no conditions yet: if it never has any, name a condition or give an expression',
    },
    {
      when: 'when it is plain data',
      object: made('v1', 'ConfigMap', 'settings', { data: { a: 'b' } }),
      says: 'ready: ConfigMap settings exists',
    },
    {
      when: 'when it is deleted',
      object: custom({ conditions: [isReady] }, isDeleting),
      says: 'waiting: Database main is being deleted',
    },
    {
      when: 'named as JavaScript names things',
      object: made('__proto__/v1', 'constructor', 'x'),
      says: 'ready: constructor x exists',
    },
  ]);
});

describe('conditionOf', () => {
  const conditions = [condition('Synced', 'True', { reason: 'UpToDate' }), condition('Degraded', 'False')];
  const object = custom({ observedGeneration: 2, conditions });
  const asked = (of: JsonObject, type: string, status = 'True') => {
    const { is, message } = conditionOf(of, type, status);
    return `${is}: ${message}`;
  };

  it('is ready when the condition has the status, whichever that is', () => {
    expect(asked(object, 'Synced')).to.equal('ready: Database main: Synced is True: UpToDate');
    expect(asked(object, 'Degraded', 'False')).to.equal('ready: Database main: Degraded is False');
  });

  it('tells apart another status, no such condition, and none at all', () => {
    expect(asked(object, 'Degraded')).to.equal('waiting: Database main: Degraded is False');
    expect(asked(object, 'Synced', 'Unknown')).to.equal('waiting: Database main: Synced is True: UpToDate');
    expect(asked(object, 'Up')).to.equal(
      'waiting: Database main has no condition Up; it has Synced, Degraded: name one of them or give an expression',
    );
    expect(asked(custom({}), 'Up')).to.equal('waiting: Database main has no conditions yet');
    expect(asked(made('v1', 'ConfigMap', 'settings'), 'Up')).to.equal(
      'waiting: ConfigMap settings has no conditions yet',
    );
  });

  it("does not believe what is said of an older generation; a condition's own comes first", () => {
    const stale = 'waiting: Database main: its status is of generation 1, not yet of 2';
    const of = (status: number | undefined, own: number | undefined) =>
      custom({
        ...(status !== undefined && { observedGeneration: status }),
        conditions: [condition('Up', 'True', own === undefined ? {} : { observedGeneration: own })],
      });
    expect(asked(of(1, undefined), 'Up')).to.equal(stale);
    expect(asked(of(2, 1), 'Up')).to.equal(stale);
    expect(asked(of(1, 2), 'Up')).to.equal('ready: Database main: Up is True');
    expect(asked(of(undefined, undefined), 'Up')).to.equal('ready: Database main: Up is True');
  });

  it('goes by the named condition alone, whatever the kind makes of itself', () => {
    const available = deployment({
      replicas: 4,
      updatedReplicas: 1,
      conditions: [condition('Available', 'True')],
    });
    expect(asked(available, 'Available')).to.equal('ready: Deployment api: Available is True');
    expect(
      asked(custom({ conditions: [condition('Up', 'True'), condition('Stalled', 'True')] }), 'Up'),
    ).to.match(/^ready/);
  });

  it('says of a failed Job that nothing else will come of it, but that it failed', () => {
    for (const type of ['Complete', 'Ready', 'Suspended']) {
      expect(asked(failedJob, type)).to.equal(
        'failed: Job migrate failed: BackoffLimitExceeded: Job has reached the specified backoff limit',
      );
    }
    expect(asked(failedJob, 'Failed')).to.match(/^ready: Job migrate: Failed is True: BackoffLimitExceeded/);
    expect(asked({ ...failedJob, apiVersion: 'example.com/v1' }, 'Complete')).to.match(
      /^waiting: Job migrate has no/,
    );
  });

  it('waits while the object is being deleted, but for a Job that is complete', () => {
    expect(asked(custom({ conditions }, isDeleting), 'Synced')).to.equal(
      'waiting: Database main is being deleted',
    );
    expect(asked(job(completeJob, isDeleting), 'Complete')).to.equal('ready: Job migrate: Complete is True');
  });
});
