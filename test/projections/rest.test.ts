import { expect } from 'chai';
import type { TargetKind } from '../../src/api/spec.ts';
import { projectWorkload } from '../../src/projections/project-workload.ts';

function workload(kind: TargetKind, spec: object, status: object = {}) {
  const metadata = { namespace: 'shop', name: 'pinger', uid: 'u', resourceVersion: '7', generation: 3 };
  return projectWorkload(kind, { metadata, spec: { template: { spec: {} }, ...spec }, status });
}

describe('projectWorkload, of a workload that wants no Pods', () => {
  const failed = [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded', message: 'too long' }];
  const rests: readonly [string, Parameters<typeof workload>, string | undefined][] = [
    ['a Deployment of no replicas', ['Deployment', { replicas: 0 }], 'scaled to zero: '],
    ['a StatefulSet of no replicas', ['StatefulSet', { replicas: 0 }], 'scaled to zero: '],
    [
      'a DaemonSet for which no node is',
      ['DaemonSet', {}, { desiredNumberScheduled: 0 }],
      'without a node: ',
    ],
    ['a Job that runs', ['Job', {}, { active: 1 }], undefined],
    ['a Job that is suspended', ['Job', { suspend: true }], 'suspended: '],
    ['a Job of no parallelism', ['Job', { parallelism: 0 }], 'scaled to zero: '],
    [
      'a Job that completed, whatever its spec says',
      ['Job', { suspend: true }, { conditions: [{ type: 'Complete', status: 'True' }] }],
      'completed: ',
    ],
    ['a Job that failed', ['Job', {}, { conditions: failed }], 'failed: DeadlineExceeded: too long'],
    [
      'a Job that is about to fail',
      ['Job', {}, { conditions: [{ type: 'FailureTarget', status: 'True' }] }],
      undefined,
    ],
    [
      'a Job that does not fail any more',
      ['Job', {}, { conditions: [{ type: 'Failed', status: 'False' }] }],
      undefined,
    ],
    ['a CronJob', ['CronJob', { jobTemplate: { spec: { template: { spec: {} } } } }], 'between runs: '],
    [
      'a CronJob that is suspended',
      ['CronJob', { suspend: true, jobTemplate: { spec: { template: { spec: {} } } } }],
      'suspended: ',
    ],
  ];
  for (const [what, args, is] of rests) {
    it(`says why ${what} wants no Pods: ${is?.split(':')[0] ?? 'it wants some'}`, () => {
      const { rest } = workload(...args);
      expect(rest && `${rest.is}: ${rest.message}`).to.equal(is);
    });
  }
});
