import { expect } from 'chai';
import type { Dependency, ResourceCheck } from '../../../src/api/spec.ts';
import type { DependencyStatus } from '../../../src/api/status.ts';
import { evaluations } from '../../../src/core/evaluate/evaluate.ts';
import type { Evaluation } from '../../../src/core/evaluate/evaluation.ts';
import type { Observation } from '../../../src/core/model.ts';
import { container, dns, type GateBuilder, gate, world } from '../builders.ts';
import {
  ABSENT,
  database,
  databaseObject,
  FORBIDDEN,
  jobDone,
  jobObject,
  otherGate,
  seeing,
  seen,
  seenGate,
  service,
  UNKNOWN_KIND,
  UNSEEN,
  withOpen,
} from '../evaluated-builders.ts';

const blank = gate('api-first').targets('pinger');
const COUNTS = { pending: 0, starting: 0, checking: 0, failed: 0, passed: 0, opened: 0, blocked: 0 };
const migrated = { name: 'migrate', uid: 'uid-of-migrate' };

/** The gate with what its status tells of its one dependency, as of its present generation. */
function telling(of: GateBuilder, told: Partial<DependencyStatus>): GateBuilder {
  const name = of.spec.dependencies[0]?.name ?? '';
  const one = { name, check: 'resource', state: 'Checking', ...COUNTS, ...told } as const;
  return of.withStatus({ ...of.gate.status, observedGeneration: of.gate.generation, dependencies: [one] });
}

function evaluatedIn(of: GateBuilder, observation: Observation, current = of.render): Evaluation | undefined {
  const [first] = of.spec.dependencies;
  const name = first?.name ?? '';
  return evaluations(seeing(world(of), { [name]: observation }), of.spec, current).get(name);
}
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
    expect([...evaluations(world(of), of.spec, of.render).keys()]).to.deep.equal(['api', 'job', 'db']);
  });

  it('are unknown where nothing is seen', () => {
    for (const one of [service('api'), jobDone('job'), otherGate('db')]) {
      expect(evaluated(one, UNSEEN)?.is, one.name).to.equal('unknown');
      const of = blank.dependsOn(one);
      expect(evaluations(world(of), of.spec, of.render).get(one.name)?.is, 'no observation').to.equal(
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

  describe('of a Job that completed', () => {
    const of = blank.dependsOn(jobDone('migrate')).rendered();
    const done = telling(of, { satisfied: true, answer: 'done', completed: migrated });

    it('remember it by its UID', () => {
      const evaluation = evaluatedIn(of, seen(jobObject('migrate', 'Complete')));
      expect(evaluation?.completed).to.deep.equal(migrated);
    });

    it('are satisfied after it is gone', () => {
      expect(evaluatedIn(done, ABSENT)).to.deep.equal({
        is: 'satisfied',
        reason: 'JobCompletedAndGone',
        answer: 'Job migrate completed, and is gone since',
        completed: migrated,
      });
    });

    for (const [what, observation] of Object.entries({ UNSEEN, FORBIDDEN, UNKNOWN_KIND })) {
      it(`keep it in mind, and open nothing by it, while it cannot be looked for: ${what}`, () => {
        const evaluation = evaluatedIn(done, observation);
        expect(evaluation?.is).to.be.oneOf(['unknown', 'waiting']);
        expect(evaluation?.completed).to.deep.equal(migrated);
      });
    }

    it('go by the new Job of that name, and forget the old one', () => {
      const running = evaluatedIn(done, seen(jobObject('migrate', undefined, 'uid-2')));
      expect(running?.is).to.equal('waiting');
      expect(running?.completed).to.equal(undefined);
      expect(evaluatedIn(done, seen(jobObject('migrate', 'Failed', 'uid-2')))?.is).to.equal('failed');
      const again = evaluatedIn(done, seen(jobObject('migrate', 'Complete', 'uid-2')));
      expect(again?.completed).to.deep.equal({ name: 'migrate', uid: 'uid-2' });
    });

    it('remember one that was deleted before it could be seen complete, and no other', () => {
      const gone = (condition?: 'Complete' | 'Failed') =>
        evaluatedIn(of, { is: 'absent', last: jobObject('migrate', condition) });
      expect(gone('Complete')).to.deep.equal({
        is: 'satisfied',
        reason: 'JobCompletedAndGone',
        answer: 'Job migrate completed, and is gone since',
        completed: migrated,
      });
      expect(gone()).to.deep.equal({
        is: 'waiting',
        reason: 'NotFound',
        answer: 'Job migrate does not exist',
      });
      expect(gone('Failed')).to.deep.equal({
        is: 'failed',
        reason: 'JobFailedAndGone',
        answer: 'Job migrate failed: JobFailed: its own words, and is gone since',
      });
    });

    it('hold that it failed until there is another, of this spec and of a Job only', () => {
      const told = {
        satisfied: false,
        reason: 'JobFailed',
        answer: 'Job migrate failed: why',
        state: 'Failed',
      } as const;
      const failed = telling(of, told);
      expect(evaluatedIn(failed, ABSENT)).to.deep.equal({
        is: 'failed',
        reason: 'JobFailedAndGone',
        answer: `${told.answer}, and is gone since`,
      });
      expect(evaluatedIn(failed.generation(2), ABSENT)?.is).to.equal('waiting');
      const byPod = telling(of, { ...told, reason: 'ObjectNotReady', failed: 1 });
      expect(evaluatedIn(byPod, ABSENT)?.is, 'a Pod failed in its container').to.equal('waiting');
      const both = telling(of, { ...told, failed: 1 });
      expect(evaluatedIn(both, ABSENT)?.is, 'whatever the Pods do besides').to.equal('failed');
      expect(evaluatedIn(failed, seen(jobObject('migrate', undefined, 'uid-2')))?.is).to.equal('waiting');
      const other = telling(blank.dependsOn(database('db')).rendered(), told);
      expect(evaluatedIn(other, ABSENT)?.is).to.equal('waiting');
    });

    it('remember it as well while the gate has never been rendered, since it is suspended', () => {
      const never = telling(blank.dependsOn(jobDone('migrate')), { completed: migrated });
      const [evaluation] = evaluations(world(never), never.spec, undefined).values();
      expect(evaluation?.completed).to.deep.equal(migrated);
    });

    it('forget it with the render', () => {
      const changed = done.dependsOn(jobDone('migrate'), dns('api'));
      const current = changed.withStatus({}).render;
      expect(evaluatedIn(changed, ABSENT, current)?.is).to.equal('waiting');
      expect(evaluatedIn(changed, UNSEEN, current)?.completed).to.equal(undefined);
    });

    it('keep it through changes that need no new render', () => {
      const changed = done.specifying({ open: ['*'] }).generation(2);
      expect(evaluatedIn(changed, ABSENT)?.is).to.equal('satisfied');
      expect(evaluatedIn(changed, UNSEEN)?.completed).to.deep.equal(migrated);
    });

    it('do not take another Job, or another kind, for it', () => {
      const other = { ...jobDone('seed'), name: 'migrate' };
      const kind = { ...database('migrate'), name: 'migrate' };
      for (const one of [other, kind])
        expect(evaluatedIn(done.dependsOn(one), ABSENT)?.is).to.equal('waiting');
    });

    it('keep it while an expression is fixed', () => {
      const broken = done.dependsOn(jobDone('migrate', { expression: 'object.(' }));
      expect(evaluatedIn(broken, ABSENT)).to.deep.include({ is: 'waiting', completed: migrated });
    });

    it('remember no Job that satisfied by something else than its completion', () => {
      const failed = jobDone('migrate', { condition: { type: 'Failed' } });
      const evaluation = evaluated(failed, seen(jobObject('migrate', 'Failed')));
      expect(evaluation?.is).to.equal('satisfied');
      expect(evaluation?.completed).to.equal(undefined);
    });

    it('remember no Job that completed without satisfying', () => {
      const never = jobDone('migrate', { expression: 'false' });
      const evaluation = evaluated(never, seen(jobObject('migrate', 'Complete')));
      expect(evaluation).to.deep.include({ is: 'waiting' }).and.not.to.have.property('completed');
    });
  });

  describe('before anything is seen, as after a restart', () => {
    const of = blank.dependsOn(database('db')).rendered();

    it('hold what was said, but as a memory that opens nothing', () => {
      const evaluation = evaluatedIn(
        telling(of, { satisfied: true, reason: 'ConditionMet', answer: 'it is there' }),
        UNSEEN,
      );
      expect(evaluation).to.deep.equal({
        is: 'unknown',
        reason: 'ConditionMet',
        answer: 'it is there',
        wasSatisfied: true,
      });
      const waited = evaluatedIn(
        telling(of, { satisfied: false, reason: 'ConditionNotMet', answer: 'not yet' }),
        UNSEEN,
      );
      expect(waited).to.deep.equal({
        is: 'unknown',
        reason: 'ConditionNotMet',
        answer: 'not yet',
        wasSatisfied: false,
      });
    });

    it('hold that it had failed', () => {
      const failed = telling(of, {
        satisfied: false,
        reason: 'ObjectStalled',
        answer: 'it failed',
        state: 'Failed',
      });
      expect(evaluatedIn(failed, UNSEEN)).to.deep.equal({
        is: 'failed',
        reason: 'ObjectStalled',
        answer: 'it failed',
      });
    });

    it('take no Pod that failed for that', () => {
      const pod = telling(of, {
        satisfied: false,
        reason: 'ConditionNotMet',
        answer: 'not yet',
        state: 'Failed',
        failed: 1,
      });
      expect(evaluatedIn(pod, UNSEEN)?.is).to.equal('unknown');
    });

    it('hold that an expression may not look at it', () => {
      const asked = of.dependsOn(database('db', { expression: 'true' })).rendered();
      const fault = evaluatedIn(asked, seen(databaseObject('db', {}), false));
      const after = evaluatedIn(
        telling(asked, {
          satisfied: false,
          reason: 'ExpressionOutsideNamespace',
          answer: fault?.answer ?? '',
        }),
        UNSEEN,
      );
      expect(after).to.deep.equal(fault);
    });

    it('hold nothing that says no more than that: why it could not be looked at is told', () => {
      const down = { is: 'unseen', problem: 'the server is down' } as const;
      const answer = 'Database db has not been looked at yet';
      const unlooked = telling(of, { satisfied: false, reason: 'NotObserved', answer });
      expect(evaluatedIn(unlooked, down)).to.deep.equal({
        is: 'unknown',
        reason: 'WatchFailed',
        answer: `${answer}: the server is down`,
      });
      const said = telling(of, { satisfied: true, reason: 'ConditionMet', answer: 'it is there' });
      expect(evaluatedIn(said, down)?.answer, 'what is known is worth more').to.equal('it is there');
    });

    it('hold nothing that was said of another spec', () => {
      const said = telling(of, { satisfied: true, reason: 'ConditionMet', answer: 'it is there' }).generation(
        2,
      );
      expect(evaluatedIn(said, UNSEEN)).to.deep.equal({
        is: 'unknown',
        reason: 'NotObserved',
        answer: 'Database db has not been looked at yet',
      });
    });
  });
});
