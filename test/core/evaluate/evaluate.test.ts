import { expect } from 'chai';
import type { Dependency, ResourceCheck } from '../../../src/api/spec.ts';
import { evaluations } from '../../../src/core/evaluate/evaluate.ts';
import type { Evaluation } from '../../../src/core/evaluate/evaluation.ts';
import { EVALUATOR } from '../../../src/core/expression/expression.ts';
import type { Observation } from '../../../src/core/model.ts';
import { container, dns, gate, world } from '../builders.ts';
import {
  ABSENT,
  database,
  databaseObject,
  evaluatedIn,
  FORBIDDEN,
  jobDone,
  jobObject,
  otherGate,
  seen,
  seenGate,
  service,
  UNKNOWN_KIND,
  UNSEEN,
  withOpen,
} from '../evaluated-builders.ts';

const blank = gate('api-first').targets('pinger');
const evaluated = (dependency: Dependency, observation: Observation) =>
  evaluatedIn(blank.dependsOn(dependency).rendered(), observation);

describe('evaluations', () => {
  describe("of one of the gate's own targets", () => {
    const ownTarget = (
      kind: string,
      more: Partial<ResourceCheck> = {},
      apiVersion = 'apps/v1',
    ): Dependency => ({
      name: 'own',
      resource: { apiVersion, kind, name: 'pinger', ...more },
    });
    const of = (kind: 'Deployment' | 'StatefulSet' | 'Job' | 'CronJob', dependency: Dependency) =>
      evaluatedIn(gate('api-first').targets(`${kind}/pinger`).dependsOn(dependency).rendered(), ABSENT)?.fault
        ?.reason;

    it('say that it can never be ready before its own Pods', () => {
      expect(of('Deployment', ownTarget('Deployment'))).to.equal('DependencyCycle');
      expect(of('StatefulSet', ownTarget('StatefulSet'))).to.equal('DependencyCycle');
      expect(of('Job', ownTarget('Job', {}, 'batch/v1'))).to.equal('DependencyCycle');
    });

    it('take nothing else of that name for it, and nothing that may be true before', () => {
      expect(of('Deployment', ownTarget('StatefulSet'))).to.equal(undefined);
      expect(of('Deployment', ownTarget('Deployment', {}, 'apps.example.com/v1'))).to.equal(undefined);
      expect(of('Deployment', ownTarget('Deployment', { name: 'poller' }))).to.equal(undefined);
      expect(of('Deployment', ownTarget('Deployment', { condition: { type: 'Available' } }))).to.equal(
        undefined,
      );
      expect(of('Deployment', ownTarget('Deployment', { expression: 'true' }))).to.equal(undefined);
      expect(of('CronJob', ownTarget('CronJob', {}, 'batch/v1'))).to.equal(undefined);
    });
  });

  it('are made of what the operator evaluates, and of nothing else', () => {
    const of = blank.dependsOn(dns('dns'), container('own'), service('api'), jobDone('job'), otherGate('db'));
    expect([...evaluations(world(of), of.spec, EVALUATOR).keys()]).to.deep.equal(['api', 'job', 'db']);
  });

  it('are unknown where nothing is seen', () => {
    for (const one of [service('api'), jobDone('job'), otherGate('db')]) {
      expect(evaluated(one, UNSEEN)?.is, one.name).to.equal('unknown');
      const of = blank.dependsOn(one);
      expect(evaluations(world(of), of.spec, EVALUATOR).get(one.name)?.is, 'no observation').to.equal(
        'unknown',
      );
    }
  });

  const table: readonly [string, Dependency, Observation, Evaluation['is'], RegExp][] = [
    ['no Job', jobDone('migrate'), ABSENT, 'waiting', /^Job migrate does not exist$/],
    ['no Service', service('api'), ABSENT, 'waiting', /^Service api does not exist$/],
    ['no right', jobDone('migrate'), FORBIDDEN, 'waiting', /^may not read it$/],
    ['no right to Services', service('api'), FORBIDDEN, 'waiting', /^may not read it$/],
    ['no kind', database('db'), UNKNOWN_KIND, 'waiting', /^knows no such kind$/],
    ['a Job that runs', jobDone('migrate'), seen(jobObject('migrate')), 'waiting', /^Job migrate/],
    [
      'a Job that failed',
      jobDone('migrate'),
      seen(jobObject('migrate', 'Failed')),
      'failed',
      /JobFailed.*its own words/,
    ],
    [
      'a Job that completed',
      jobDone('migrate'),
      seen(jobObject('migrate', 'Complete')),
      'satisfied',
      /migrate/,
    ],
    ['no conditions yet', database('db'), seen(databaseObject('db', {})), 'waiting', /no conditions yet/],
    [
      'the condition that is named',
      database('db', { condition: { type: 'Up' } }),
      seen(databaseObject('db', { conditions: [{ type: 'Up', status: 'True' }] })),
      'satisfied',
      /Up is True/,
    ],
    [
      'a condition to be False',
      database('db', { condition: { type: 'Down', status: 'False' } }),
      seen(databaseObject('db', { conditions: [{ type: 'Down', status: 'True' }] })),
      'waiting',
      /Down is True/,
    ],
    [
      'a condition of an object without a namespace',
      database('db', { condition: { type: 'Up' } }),
      seen(databaseObject('db', { conditions: [{ type: 'Up', status: 'True' }] }), false),
      'satisfied',
      /Up is True/,
    ],
    ['an open gate', otherGate('db'), seenGate(withOpen(gate('db'), 'True', 'NoPods')), 'satisfied', /open/],
    ['no gate', otherGate('db'), ABSENT, 'waiting', /does not exist/],
  ];
  for (const [what, dependency, observation, is, answer] of table) {
    it(`are ${is} by ${what}`, () => {
      const evaluation = evaluated(dependency, observation);
      expect(evaluation?.is).to.equal(is);
      expect(evaluation?.answer).to.match(answer);
      expect(evaluation?.fault).to.equal(undefined);
    });
  }

  describe('by an expression', () => {
    const ready = (expression: string, apart: Observation = seen(databaseObject('db', { phase: 'Ready' }))) =>
      evaluated(database('db', { expression }), apart);

    it('are satisfied by true, and wait for all else', () => {
      expect(ready('object.status.phase == "Ready"')?.is).to.equal('satisfied');
      expect(ready('object.status.phase == "Gone"')).to.deep.equal({
        is: 'waiting',
        reason: 'ExpressionFalse',
        answer: 'Database db: the expression is false',
      });
      expect(ready('object.status.missing == 1')?.is).to.equal('waiting');
      expect(ready('object.status.phase')?.is).to.equal('waiting');
    });

    it('never say what the object holds', () => {
      const secret = seen(databaseObject('db', { phase: 's3cret' }));
      for (const expression of [
        'object.status.phase == 1',
        'object.status.phase',
        'int(object.status.phase) == 1',
      ])
        expect(ready(expression, secret)?.answer, expression).not.to.contain('s3cret');
    });

    it('are at fault where it cannot be used, whatever is seen', () => {
      for (const observation of [UNSEEN, ABSENT, FORBIDDEN, seen(databaseObject('db', {}))]) {
        const evaluation = ready('object.status.(', observation);
        expect(evaluation?.is).to.equal('waiting');
        expect(evaluation?.fault?.reason).to.equal('InvalidExpression');
        expect(evaluation?.answer).to.match(/^the expression cannot be used: /);
      }
    });

    it('are at fault where the object has no namespace: its author may not be allowed to see it', () => {
      const evaluation = ready('true', seen(databaseObject('db', {}), false));
      expect(evaluation?.is).to.equal('waiting');
      expect(evaluation?.fault?.message).to.match(/^Database has no namespace/);
    });

    it('are failed by a Job that failed, unless that is what is asked for', () => {
      const by = (expression: string) =>
        evaluated(jobDone('migrate', { expression }), seen(jobObject('migrate', 'Failed')));
      expect(by('object.spec == {"a": 1}')?.is).to.equal('failed');
      expect(by('object.status.conditions[0].type == "Failed"')?.is).to.equal('satisfied');
    });

    it('may be satisfied by what is being deleted, which is nothing to build on where no expression says so', () => {
      const deletionTimestamp = '2026-11-24T00:00:00Z';
      const deleted = databaseObject('db', { phase: 'Ready' }, { deletionTimestamp });
      expect(ready('object.status.phase == "Ready"', seen(deleted))?.is).to.equal('satisfied');
      expect(ready('!has(object.metadata.deletionTimestamp)', seen(deleted))?.is).to.equal('waiting');
      expect(evaluated(database('db'), seen(deleted))?.answer).to.equal('Database db is being deleted');
    });

    it('are not failed by what another kind says of itself: the expression asks for something else', () => {
      const stalled = databaseObject('db', { conditions: [{ type: 'Stalled', status: 'True' }] });
      expect(ready('has(object.status.phase)', seen(stalled))?.is).to.equal('waiting');
      expect(evaluated(database('db'), seen(stalled))?.is).to.equal('failed');
    });
  });
});
