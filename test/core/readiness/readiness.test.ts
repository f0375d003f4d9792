import { expect } from 'chai';
import type { JsonObject } from '../../../src/core/model.ts';
import { conditionOf } from '../../../src/core/readiness/readiness.ts';
import {
  completeJob,
  condition,
  custom,
  deployment,
  failedJob,
  isDeleting,
  job,
  made,
  table,
} from './watched.ts';

describe('readiness', () => {
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

  it('waits while the object is being deleted, except for a Job that has ended', () => {
    expect(asked(custom({ conditions }, isDeleting), 'Synced')).to.equal(
      'waiting: Database main is being deleted',
    );
    expect(asked(job(completeJob, isDeleting), 'Complete')).to.equal('ready: Job migrate: Complete is True');
    const failing = job({ conditions: [condition('Failed', 'True')] }, isDeleting);
    expect(asked(failing, 'Complete')).to.equal('failed: Job migrate failed');
  });
});
