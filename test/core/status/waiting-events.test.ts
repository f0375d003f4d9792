import { expect } from 'chai';
import type { DependencyStatus, GateStatus } from '../../../src/api/status.ts';
import { waitingEvents } from '../../../src/core/status/waiting-events.ts';
import { container, dns, gate, pod, statefulSet, tcp, workload, world } from '../builders.ts';

const first = gate('first')
  .targets('pinger', 'StatefulSet/db')
  .dependsOn(dns('api'), tcp('redis', 6379))
  .rendered();
const pods = ['pinger-1', 'pinger-2'].map((name) => pod(name).of('pinger').carrying(first));
const db = pod('db-0').of('StatefulSet/db').carrying(first);
const around = [workload('pinger').carrying(first), statefulSet('db').carrying(first), ...pods, db];

const waits = (
  name: string,
  blockedPods: string[],
  more: Partial<DependencyStatus> = {},
): DependencyStatus => ({
  name,
  check: 'dns',
  state: 'Checking',
  pending: 0,
  starting: 0,
  checking: blockedPods.length,
  failed: 0,
  passed: 0,
  opened: 0,
  blocked: blockedPods.length,
  blockedPods,
  ...more,
});
const MISSING = { reason: 'NotFound', answer: 'Service api does not exist' } as const;
const STARTS = { reason: 'EndpointsNotReady', answer: 'Service api has no ready endpoints' } as const;
const THERE = { reason: 'EndpointsReady', answer: 'Service api has 1 ready endpoint' } as const;

const statusOf = (...dependencies: DependencyStatus[]): GateStatus => ({
  ...first.gate.status,
  dependencies,
});

/** What is told of whom, when the one status follows the other. */
const told = (before: GateStatus, after: GateStatus | undefined): string[] =>
  waitingEvents(world(first.withStatus(before), ...around), after).map(
    ({ about, event }) => `${about.name}: ${event.note}`,
  );
const NONE = statusOf();

describe('waitingEvents', () => {
  it('tell a Pod what it waits for and why, and its workload once for all', () => {
    expect(told(NONE, statusOf(waits('api', ['pinger-1', 'pinger-2'], MISSING)))).to.deep.equal([
      'pinger-1: waiting for api (dns api) of gate first: Service api does not exist',
      'pinger-2: waiting for api (dns api) of gate first: Service api does not exist',
      'pinger: Pods are waiting for api (dns api) of gate first: Service api does not exist',
    ]);
  });

  it('are told of each workload', () => {
    const all = told(NONE, statusOf(waits('api', ['db-0', 'pinger-1'], MISSING)));
    expect(all.filter((one) => one.includes('Pods are'))).to.have.length(2);
  });

  it('name the log where only that says why', () => {
    expect(told(NONE, statusOf(waits('redis', ['pinger-1'])))[0]).to.equal(
      'pinger-1: waiting for redis (tcp redis:6379) of gate first: see kubectl logs pinger-1 --namespace my-namespace --container dgate-first--redis',
    );
  });

  it('are not repeated while nothing has turned, also after a restart', () => {
    const status = statusOf(waits('api', ['pinger-1'], MISSING));
    expect(told(status, status)).to.be.empty;
    expect(told(status, statusOf(waits('api', ['pinger-1'], { ...MISSING, answer: 'in other words' })))).to.be
      .empty;
    expect(told(status, undefined)).to.be.empty;
  });

  it('tell a Pod that came later alone, and nothing more of its workload', () => {
    const before = statusOf(waits('api', ['pinger-1'], MISSING));
    const after = statusOf(waits('api', ['pinger-1', 'pinger-2'], MISSING));
    expect(told(before, after)).to.deep.equal([
      'pinger-2: waiting for api (dns api) of gate first: Service api does not exist',
    ]);
  });

  it('tell all of them when the reason turns', () => {
    const before = statusOf(waits('api', ['pinger-1'], MISSING));
    expect(told(before, statusOf(waits('api', ['pinger-1'], STARTS)))).to.deep.equal([
      'pinger-1: waiting for api (dns api) of gate first: Service api has no ready endpoints',
      'pinger: Pods are waiting for api (dns api) of gate first: Service api has no ready endpoints',
    ]);
  });

  it('tell of the next dependency as its turn comes', () => {
    const before = statusOf(waits('api', ['pinger-1'], MISSING));
    const after = statusOf(waits('api', []), waits('redis', ['pinger-1']));
    expect(told(before, after)[0]).to.match(/^pinger-1: waiting for redis/);
  });

  it('keep silent about what is there: Pods are about to pass', () => {
    expect(told(NONE, statusOf(waits('api', ['pinger-1'], THERE)))).to.be.empty;
    expect(told(NONE, statusOf(waits('api', ['pinger-1'], { satisfied: true })))).to.be.empty;
  });

  it('tell it once what was there is gone', () => {
    const before = statusOf(waits('api', ['pinger-1'], { ...MISSING, satisfied: true }));
    const after = statusOf(waits('api', ['pinger-1'], { ...MISSING, satisfied: false }));
    expect(told(before, after)).to.have.length(2);
  });

  it('are told of a check of the user, of no Pod that is gone, and of nothing where the spec cannot be read', () => {
    const own = gate('first').targets('pinger').dependsOn(container('own')).rendered();
    const seen = world(own, workload('pinger').carrying(own), pod('pinger-1').of('pinger').carrying(own));
    const status = statusOf(waits('own', ['pinger-1', 'gone']));
    expect(waitingEvents(seen, status).map(({ event }) => event.note)[0]).to.match(
      /^waiting for own \(container busybox\) of gate first: see kubectl logs/,
    );
    expect(waitingEvents(seen, status)).to.have.length(2);
    expect(waitingEvents({ ...seen, gate: own.invalid('no').gate }, status)).to.be.empty;
  });

  it('are one for each Pod where dependencies share a container, however their reasons turn', () => {
    const names = ['api', 'redis', 'db', 'queue'];
    const shared = gate('first')
      .targets('pinger')
      .dependsOn(...names.map((name) => dns(name)))
      .specifying({ order: 'Parallel' })
      .rendered();
    const one = pod('pinger-1').of('pinger').carrying(shared);
    const note = (before: GateStatus, ...now: DependencyStatus[]) =>
      waitingEvents(world(shared.withStatus(before), one), { dependencies: now }).map(
        ({ event }) => event.note,
      );
    const all = names.map((name) => waits(name, ['pinger-1'], name === 'api' ? MISSING : {}));
    expect(note({}, ...all)).to.deep.equal([
      `waiting for api (dns api), redis (dns redis) and 2 more of gate first: api: Service api does not exist; see kubectl logs pinger-1 --namespace ${one.pod.namespace} --container dgate-first--all`,
    ]);
    const turned = names.map((name) => waits(name, ['pinger-1'], STARTS));
    expect(note({ dependencies: all }, ...turned)).to.deep.equal([]);
    const onlyOne = names.map((name) => waits(name, ['pinger-1'], name === 'api' ? STARTS : THERE));
    expect(note({ dependencies: all }, ...onlyOne)).to.deep.equal([]);
    const there = names.map((name) => waits(name, ['pinger-1'], THERE));
    expect(note({ dependencies: there }, ...onlyOne)).to.deep.equal([
      'waiting for api (dns api) of gate first: Service api has no ready endpoints',
    ]);
  });
});
