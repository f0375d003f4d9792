import { expect } from 'chai';
import { openAnnotation } from '../../../src/api/names.ts';
import type { DependencyStatus } from '../../../src/api/status.ts';
import type { Evaluation } from '../../../src/core/evaluate/evaluation.ts';
import type { Observation } from '../../../src/core/model.ts';
import { targetsProgress } from '../../../src/core/progress/progress.ts';
import { dependencyStatuses, isLost, type Seen } from '../../../src/core/status/dependency-status.ts';
import {
  ago,
  container,
  dns,
  type GateBuilder,
  gate,
  NOW,
  type PodBuilder,
  pod,
  tcp,
  workload,
  world,
} from '../builders.ts';

import { ABSENT, FORBIDDEN, jobDone, otherGate, seeing, service, UNSEEN } from '../evaluated-builders.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api'), tcp('redis', 6379)).rendered();
const one = (name = 'pinger-1') => pod(name).of('pinger').carrying(apiFirst);

function seen(of: GateBuilder, pods: readonly PodBuilder[], more: Partial<Seen> = {}): Seen {
  const at = world(of, workload('pinger').carrying(of), ...pods);
  const progress = targetsProgress(at, of.spec, of.render, NOW).flatMap((target) => target.pods);
  return { world: at, spec: of.spec, pods: progress, evaluated: new Map(), overdue: [], ...more };
}

describe('dependencyStatuses', () => {
  function statuses(of: GateBuilder, ...pods: PodBuilder[]): DependencyStatus[] {
    return dependencyStatuses(seen(of, pods));
  }
  const ofApi = (...pods: PodBuilder[]) => statuses(apiFirst, ...pods)[0];

  it('names each dependency and its check, in order', () => {
    const all = apiFirst.dependsOn(
      dns('a'),
      tcp('b', 1),
      { name: 'c', http: { url: 'http://c/' } },
      { name: 'd', grpc: { host: 'd', port: 1 } },
      container('e'),
    );
    expect(statuses(all).map(({ name, check }) => `${name} ${check}`)).to.deep.equal([
      ...['a dns', 'b tcp', 'c http', 'd grpc', 'e container'],
    ]);
  });

  it('is Pending and blocks nobody where there are no Pods', () => {
    const none = { pending: 0, starting: 0, checking: 0, failed: 0, passed: 0, opened: 0, blocked: 0 };
    expect(ofApi()).to.deep.equal({ name: 'api', check: 'dns', state: 'Pending', ...none });
  });

  it('counts Pods by state, and says who is blocked, since when and why', () => {
    const pods = [
      one('d').open(),
      one('c')
        .checking('api')
        .with({ createdAt: ago(90) }),
      one('b').failed('api', { exitCode: 9, message: 'no servers' }),
      one('a').starting('api', 'ImagePullBackOff'),
      one('e').with({ unscheduled: 'Unschedulable' }),
    ];
    expect(ofApi(...pods)).to.deep.equal({
      ...{
        name: 'api',
        check: 'dns',
        state: 'Failed',
        pending: 1,
        starting: 1,
        checking: 1,
        failed: 1,
        passed: 1,
        opened: 0,
      },
      since: ago(90),
      message: 'exit code 9 (Error): no servers',
      containerReason: 'Error',
      exitCode: 9,
      blockedPods: ['a', 'b', 'c', 'e'],
      blocked: 4,
    });
  });

  it('is Passed once all Pods have passed, and has no more to say', () => {
    const [api] = statuses(apiFirst, one('a').open(), one('b').passed('api').checking('redis'));
    expect(api).to.include({ state: 'Passed', passed: 2, blocked: 0 });
    expect(api).not.to.have.any.keys('since', 'message', 'blockedPods');
  });

  it('names ten Pods at most, and counts them all', () => {
    const pods = Array.from({ length: 12 }, (_, index) => one(`pod-${index + 10}`).checking('api'));
    const api = ofApi(...pods.toReversed());
    expect(api?.blockedPods).to.deep.equal(Array.from({ length: 10 }, (_, index) => `pod-${index + 10}`));
    expect(api?.blocked).to.equal(12);
  });

  it('cuts an endless message', () => {
    const pods = [one().failed('api', { message: 'x'.repeat(4096) })];
    expect(ofApi(...pods)?.message).to.have.length(1024);
    for (const begin of ['.', '..']) {
      const words = one().failed('api', { message: begin + '\u{1F680}'.repeat(1024) });
      expect(ofApi(words)?.message?.isWellFormed()).to.equal(true);
    }
  });

  it('blocks nobody who waits in another gate', () => {
    const both = [
      pod('a')
        .of('pinger')
        .carrying(gate('aa').dependsOn(dns('first')), apiFirst)
        .checking('first'),
    ];
    expect(ofApi(...both)).to.include({ state: 'Pending', pending: 1, blocked: 0 });
  });
});

const evaluatedGate = gate('job-first')
  .targets('pinger')
  .dependsOn(jobDone('job'), tcp('redis', 6379))
  .rendered();
const waiting = (name = 'pinger-1') => pod(name).of('pinger').carrying(evaluatedGate);
const KEY = openAnnotation('job-first', 'job');

/** The status of the Job, that is evaluated so. */
function evaluatedAs(evaluation: Evaluation, pods: readonly PodBuilder[] = [], of = evaluatedGate) {
  return dependencyStatuses(seen(of, pods, { evaluated: new Map([['job', evaluation]]) }))[0];
}

describe('dependencyStatuses, of what the operator evaluates', () => {
  it('say whether it is there, and what the last answer is', () => {
    const there = evaluatedAs({
      is: 'satisfied',
      reason: 'JobCompleted',
      answer: 'it completed',
      completed: [{ name: 'job', uid: 'u' }],
    });
    expect(there).to.deep.include({
      ...{ check: 'resource', state: 'Pending', satisfied: true },
      ...{ reason: 'JobCompleted', answer: 'it completed' },
      completed: [{ name: 'job', uid: 'u' }],
    });
    const not = evaluatedAs({ is: 'waiting', reason: 'ObjectNotReady', answer: 'it runs' });
    expect(not).to.include({ satisfied: false, answer: 'it runs' }).and.not.to.have.property('completed');
  });

  it('say what is remembered while it is unknown', () => {
    const before = evaluatedAs({
      is: 'unknown',
      reason: 'ObjectReady',
      answer: 'it was there',
      wasSatisfied: true,
    });
    expect(before).to.include({ satisfied: true, answer: 'it was there' });
    expect(
      evaluatedAs({ is: 'unknown', reason: 'NotObserved', answer: 'not looked at' })?.satisfied,
    ).to.equal(false);
  });

  it('keep what is remembered of a Job while it cannot be seen', () => {
    const completed = [{ name: 'job', uid: 'u' }];
    const status = evaluatedAs({ is: 'waiting', reason: 'Forbidden', answer: FORBIDDEN.message, completed });
    expect(status).to.deep.include({ satisfied: false, completed });
  });

  it('cut an endless answer', () => {
    expect(
      evaluatedAs({ is: 'waiting', reason: 'ObjectNotReady', answer: 'x'.repeat(5000) })?.answer,
    ).to.have.length(1024);
  });

  it('are Failed once it will not come, whatever the containers do, until all have passed it', () => {
    const failed = { is: 'failed', reason: 'JobFailed', answer: 'it failed' } as const;
    expect(evaluatedAs(failed)?.state).to.equal('Failed');
    expect(evaluatedAs(failed, [waiting().checking('job')])).to.include({
      state: 'Failed',
      failed: 0,
      checking: 1,
    });
    expect(evaluatedAs(failed, [waiting().passed('job')])?.state).to.equal('Passed');
    expect(evaluatedAs(failed, [waiting('a').passed('job'), waiting('b').checking('job')])?.state).to.equal(
      'Failed',
    );
  });

  it('are not Failed where a person opens it for all', () => {
    const failed = { is: 'failed', reason: 'JobFailed', answer: 'it failed' } as const;
    const opened = evaluatedGate.specifying({ open: ['job'] });
    expect(evaluatedAs(failed, [waiting().checking('job')], opened)?.state).to.equal('Checking');
    expect(isLost('job', evaluatedGate.spec, new Map([['job', failed]]))).to.equal(true);
    expect(isLost('job', opened.spec, new Map([['job', failed]]))).to.equal(false);
    expect(isLost('redis', evaluatedGate.spec, new Map([['job', failed]]))).to.equal(false);
  });

  it('are those that are overdue', () => {
    const [job, redis] = dependencyStatuses(seen(evaluatedGate, [], { overdue: ['redis'] }));
    expect(job).not.to.have.property('overdue');
    expect(redis?.overdue).to.equal(true);
  });
});

describe('dependencyStatuses, of what was opened', () => {
  const there = { is: 'satisfied', reason: 'ObjectReady', answer: 'there' } as const;
  const byOperator = (name: string) => waiting(name).checking('job').opened('job');
  const byHand = (name: string) =>
    byOperator(name).with({ writtenByOthers: { [KEY]: '2026-01-01T00:00:00Z' } });
  const counts = (status: DependencyStatus | undefined) => [status?.opened, status?.openedByHand];

  it('do not count what was simply there', () => {
    expect(counts(evaluatedAs(there, [byOperator('a'), byOperator('b')]))).to.deep.equal([0, undefined]);
  });

  it('count what somebody annotated', () => {
    const pods = [byOperator('a'), byHand('b'), waiting('c').checking('job')];
    expect(counts(evaluatedAs(there, pods))).to.deep.equal([1, 1]);
  });

  it('count all that spec.open opened, and among them what somebody annotated', () => {
    const pods = [byOperator('a'), byHand('b'), waiting('c').checking('job')];
    expect(counts(evaluatedAs(there, pods, evaluatedGate.specifying({ open: ['*'] })))).to.deep.equal([2, 1]);
  });

  it('count every annotation of a check that Pods make themselves: nobody else writes it', () => {
    const pods = [waiting('a').passed('job').checking('redis').opened('redis'), waiting('b')];
    expect(counts(dependencyStatuses(seen(evaluatedGate, pods))[1])).to.deep.equal([1, undefined]);
  });

  it('do not take what somebody wrote for another dependency for it', () => {
    const other = byOperator('a').with({
      writtenByOthers: { [openAnnotation('job-first', 'redis')]: '2026-01-01T00:00:00Z' },
    });
    expect(counts(evaluatedAs(there, [other]))).to.deep.equal([0, undefined]);
  });
});

describe('dependencyStatuses, with a hint', () => {
  const READY = { is: 'service', service: { spec: {} }, slices: [] } as const;
  const told = { answer: 'Service api has 1 ready endpoint' };
  const blocked = one().checking('api');

  /** What is said of the check of `api`, where this is seen of its Service. */
  function hint(observation: Observation | undefined, pods: readonly PodBuilder[], of = apiFirst) {
    const at = seen(of, pods);
    return dependencyStatuses({ ...at, world: seeing(at.world, observation ? { api: observation } : {}) })[0]
      ?.answer;
  }
  const having = (change: Partial<typeof told>, generation = 1) => {
    const [api] = dependencyStatuses(seen(apiFirst, [blocked]));
    if (!api) throw new Error('not reached');
    const dependencies = [{ ...api, ...change }];
    return apiFirst.withStatus({ ...apiFirst.gate.status, observedGeneration: generation, dependencies });
  };

  it('say what the Service of the host looks like, while a Pod waits for it', () => {
    expect(hint(READY, [blocked])).to.equal('Service api has no ready endpoints');
    expect(hint({ ...READY, service: undefined }, [blocked])).to.equal('Service api does not exist');
  });

  it('say nothing while none waits for it', () => {
    expect(hint(READY, [])).to.equal(undefined);
    expect(hint(READY, [one().open()])).to.equal(undefined);
  });

  it('say nothing where nothing can be said, and never that a check is satisfied', () => {
    for (const observation of [undefined, UNSEEN, ABSENT, FORBIDDEN])
      expect(hint(observation, [blocked])).to.equal(undefined);
    const at = seen(apiFirst, [blocked]);
    const [api] = dependencyStatuses({ ...at, world: seeing(at.world, { api: READY }) });
    expect(api).not.to.have.any.keys('satisfied', 'completed');
  });

  it('hold what was said of this spec until the Service is seen', () => {
    expect(hint(UNSEEN, [blocked], having(told))).to.equal(told.answer);
    expect(hint(UNSEEN, [], having(told))).to.equal(undefined);
    expect(hint(FORBIDDEN, [blocked], having(told))).to.equal(undefined);
    expect(hint(UNSEEN, [blocked], having(told, 0))).to.equal(undefined);
    expect(hint(READY, [blocked], having(told))).to.equal('Service api has no ready endpoints');
  });

  it('are of no check but those that dial', () => {
    const of = apiFirst.dependsOn(service('api'), otherGate('db'));
    const statuses = dependencyStatuses(seen(of, []));
    expect(statuses.map(({ check }) => check)).to.deep.equal(['service', 'gate']);
    expect(statuses.every(({ answer }) => answer === undefined)).to.equal(true);
  });
});
