import { expect } from 'chai';
import type { PassedTemplate } from '../../../src/api/status.ts';
import { passedTemplates, templateOf } from '../../../src/core/progress/passed-template.ts';
import { targetsProgress } from '../../../src/core/progress/progress.ts';
import {
  ago,
  dns,
  type GateBuilder,
  gate,
  NOW,
  type PodBuilder,
  pod,
  statefulSet,
  tcp,
  type WorkloadBuilder,
  workload,
  world,
} from '../builders.ts';
import { service } from '../evaluated-builders.ts';

const first = gate('first')
  .targets('web')
  .dependsOn(dns('api'), service('db'))
  .specifying({ when: 'Rollout' })
  .rendered();

/** A Pod of this ReplicaSet. */
const of = (replicaSet: string, name = `${replicaSet}-1`): PodBuilder =>
  pod(name)
    .of('web')
    .carrying(first)
    .with({ owner: { name: replicaSet, uid: replicaSet } });
const told = (...templates: string[]): PassedTemplate[] =>
  templates.map((template) => ({ template, at: ago(900) }));
const remembered = (before: readonly PassedTemplate[], ...pods: PodBuilder[]) =>
  passedTemplates(
    before,
    pods.map((one) => one.pod),
    'first',
  );
const names = (passed: readonly PassedTemplate[]) => passed.map(({ template }) => template).join(' ');

describe('the template of a Pod', () => {
  it('is the revision that its controller tells, else the ReplicaSet or Job that owns it', () => {
    expect(templateOf(of('rs-a').pod)).to.equal('rs-a');
    expect(templateOf(of('web').revision('web-6d4b').pod)).to.equal('web-6d4b');
  });
});

describe('the templates that have passed', () => {
  it('are those of which a Pod is through, since the first of them was', () => {
    const pods = [
      of('rs-a', 'a-1').passed('api', ago(20)).passed('db', ago(10)),
      of('rs-a', 'a-2').passed('api', ago(90)).passed('db', ago(30)),
      of('rs-b').passed('api').checking('db'),
    ];
    expect(remembered([], ...pods)).to.deep.equal([{ template: 'rs-a', at: ago(30) }]);
  });

  const through = of('rs-a').passed('api');
  const end = (outcome: string) => JSON.stringify({ check: 'x', outcome });
  const cases: readonly (readonly [what: string, pod: PodBuilder, counts: boolean])[] = [
    ['what the operator saw to be there', through.passed('db').openedForRun('db'), true],
    ['what was opened by spec.open', through.passed('db').openedForRun('db', 1, ago(5), 'spec'), false],
    ['a Pod that did not wait itself', through.passed('db').openedForRun('db', 1, ago(5), 'rollout'), false],
    ['what a person opened', through.passed('db').opened('db'), false],
    ['a check that a person opened', of('rs-a').passed('api').opened('api').passed('db'), false],
    [
      'a check that was overdue, and opened itself',
      of('rs-a').passed('api', ago(9), end('overdue')).passed('db'),
      false,
    ],
    [
      'a check that succeeded, though it was opened as well',
      of('rs-a')
        .openedForRun('api', 1, ago(9), 'rollout')
        .passed('api', ago(9), end('satisfied'))
        .passed('db'),
      true,
    ],
    ['last words that are none', of('rs-a').passed('api', ago(9), '{"outcome"').passed('db'), true],
    ['a Pod that is going away', through.passed('db').deleting(), false],
  ];
  for (const [what, one, counts] of cases)
    it(`${counts ? 'count' : 'do not count'} ${what}`, () => {
      expect(names(remembered([], one))).to.equal(counts ? 'rs-a' : '');
    });

  it('are remembered when their Pods are gone, and since when', () => {
    expect(remembered(told('rs-a', 'rs-b'), of('rs-a').open())).to.deep.equal(told('rs-a', 'rs-b'));
  });

  it('are four at most: the oldest goes that no Pod shows', () => {
    const before = told('rs-a', 'rs-b', 'rs-c', 'rs-d');
    expect(names(remembered(before, of('rs-e').open()))).to.equal('rs-b rs-c rs-d rs-e');
    expect(names(remembered(before, of('rs-e').open(), of('rs-a').open()))).to.equal('rs-a rs-c rs-d rs-e');
  });

  it('stay the same while nothing changes, however many there are', () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => of(`rs-${name}`).open());
    const once = remembered([], ...all);
    expect(once).to.have.length(4);
    expect(remembered(once, ...all)).to.deep.equal(once);
  });
});

describe('the templates of a target that have passed', () => {
  const of = (gate: GateBuilder, ...around: (WorkloadBuilder | PodBuilder)[]) =>
    names(
      targetsProgress(world(gate, ...around), gate.spec, gate.gate.status.render, NOW)[0]?.passedTemplates ??
        [],
    );
  const telling = (gate: GateBuilder, uid: string): GateBuilder => {
    const counts = { open: 1, waiting: 0, ungated: 0 };
    const target = { kind: 'Deployment', name: 'web', state: 'Current', ...counts } as const;
    return gate.withStatus({
      ...gate.gate.status,
      targets: [{ ...target, passed: uid, passedTemplates: told('rs-a') }],
    });
  };
  const web = workload('web').carrying(first);
  const known = telling(first, 'uid-of-web');

  it('are remembered by the status, as after a restart', () => {
    expect(of(known, web)).to.equal('rs-a');
    expect(of(known)).to.equal('rs-a');
  });

  it('are forgotten with the render, and when the workload is made anew', () => {
    const changed = known.dependsOn(tcp('redis', 6379));
    expect(
      targetsProgress(world(changed, web), changed.spec, changed.rendered().render, NOW)[0]?.passedTemplates,
    ).to.deep.equal([]);
    expect(of(telling(first, 'uid-of-another'), web)).to.equal('');
  });

  it('are no matter where every start waits', () => {
    expect(of(known.specifying({ when: 'EveryStart' }), web)).to.equal('');
  });

  it('are of this workload: a Pod that is older than it was made for another of its name', () => {
    const db = gate('first')
      .targets('StatefulSet/db')
      .dependsOn(dns('api'))
      .specifying({ when: 'Rollout' })
      .rendered();
    const set = statefulSet('db').carrying(db);
    const one = pod('db-0').of('StatefulSet/db').carrying(db).revision('db-1').open();
    expect(of(db, set, one)).to.equal('db-1');
    expect(of(db, set, one.with({ createdAt: ago(9000) }))).to.equal('');
  });
});
