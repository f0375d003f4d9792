import { expect } from 'chai';
import { openValue } from '../../../src/api/names.ts';
import { CHECK_FIRST_MS } from '../../../src/core/plan/open.ts';
import type { Write } from '../../../src/core/plan/plan.ts';
import { ago, dns, gate, NOW, type PodBuilder, pod, tcp, workload, world } from '../builders.ts';
import { carryOut, decide, settle } from '../simulate.ts';

const first = gate('first')
  .targets('web')
  .dependsOn(dns('api'), tcp('db', 5432))
  .specifying({ when: 'Rollout' })
  .rendered();
const web = workload('web').carrying(first).replicas(3);
const of = (name: string, template = 'rs-a'): PodBuilder =>
  pod(name)
    .of('web')
    .carrying(first)
    .with({ owner: { name: template, uid: template } });
const passed = of('old').open();
const KEY = 'open.dependencygate.dev/first.api';

const openings = (writes: readonly Write[]) =>
  writes.flatMap((write) => (write.do === 'open-pod' ? [write] : []));
const opened = (gate = first, ...pods: PodBuilder[]) =>
  openings(decide(world(gate, web, ...pods), NOW).writes).map(({ pod: { name }, annotations }) => [
    name,
    annotations,
  ]);
const BY_TEMPLATE = { [KEY]: openValue({ attempt: 1, startedAt: ago(5), by: 'rollout' }) };

describe('openings, with when: Rollout', () => {
  it('let further Pods of a template start that has passed, and no others', () => {
    const pods = [of('new').checking('api'), of('changed', 'rs-b').checking('api'), passed];
    expect(opened(first, ...pods)).to.deep.equal([['new', BY_TEMPLATE]]);
    expect(opened(first.specifying({ when: 'EveryStart' }), ...pods)).to.deep.equal([]);
  });

  it('come one after the other, each for its own run', () => {
    const db = of('new').passed('api').checking('db');
    expect(opened(first, db, passed)).to.deep.equal([
      [
        'new',
        { 'open.dependencygate.dev/first.db': openValue({ attempt: 1, startedAt: ago(5), by: 'rollout' }) },
      ],
    ]);
    expect(opened(first, of('new').starting('api', 'PodInitializing'), passed)).to.deep.equal([]);
  });

  it('leave a check the time to succeed by itself', () => {
    const state = { is: 'running', startedAt: ago(1) } as const;
    const statuses = [{ name: 'dgate-first--api', restarts: 0, state, last: undefined }];
    const plan = decide(world(first, web, of('new').with({ statuses }), passed), NOW);
    expect(openings(plan.writes)).to.deep.equal([]);
    expect(plan.next).to.equal(CHECK_FIRST_MS - 1000);
    // By a clock that is ahead it would never come.
    const ahead = { ...state, startedAt: ago(-3600) };
    const odd = of('new').with({
      statuses: [{ name: 'dgate-first--api', restarts: 0, state: ahead, last: undefined }],
    });
    expect(opened(first, odd, passed)).to.have.length(1);
  });

  it('are told with their reason', () => {
    const [write] = openings(decide(world(first, web, of('new').checking('api'), passed), NOW).writes);
    expect(write).to.deep.include({ told: ['api'], why: `its Pod template passed at ${ago(10)}` });
  });

  it('are said in the status, and are no openings by people', () => {
    const { world: settled } = settle(world(first, web, of('new').checking('api'), passed), NOW);
    const through = settled.pods.map((one) =>
      one.name === 'new' ? { ...of('new').open().pod, annotations: one.annotations } : one,
    );
    const { gate } = settle({ ...settled, pods: through }, NOW).world;
    expect(gate.status.conditions?.find(({ type }) => type === 'Open')).to.deep.include({
      status: 'True',
      reason: 'StartedUnchecked',
      message:
        '2 Pods started, some without waiting for api (1), since their Pod templates had passed before',
    });
    expect(gate.status.dependencies?.[0]).to.deep.include({ skipped: 1, opened: 0 });
    expect(gate.status.targets?.[0]?.passedTemplates).to.deep.equal([{ template: 'rs-a', at: ago(10) }]);
  });

  it('go on after a restart of the operator, when the Pod that passed is gone', () => {
    const before = world(first, web, passed);
    const { gate } = carryOut(before, decide(before, NOW), NOW);
    const later = { ...world(first, web, of('new').checking('api')), gate };
    expect(openings(decide(later, NOW).writes)).to.have.length(1);
  });
});
