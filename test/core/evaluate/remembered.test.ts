import { expect } from 'chai';
import type { Dependency } from '../../../src/api/spec.ts';
import type { DependencyStatus } from '../../../src/api/status.ts';
import { evaluatedFingerprint, evaluations } from '../../../src/core/evaluate/evaluate.ts';
import type { Evaluator } from '../../../src/core/expression/evaluator.ts';
import { EVALUATOR } from '../../../src/core/expression/expression.ts';
import type { JsonObject, Observation } from '../../../src/core/model.ts';
import { dns, type GateBuilder, gate, world } from '../builders.ts';
import {
  ABSENT,
  database,
  databaseObject,
  evaluatedIn,
  FORBIDDEN,
  jobDone,
  jobObject,
  seeing,
  seen,
  UNKNOWN_KIND,
  UNSEEN,
} from '../evaluated-builders.ts';

const blank = gate('api-first').targets('pinger');
const COUNTS = { pending: 0, starting: 0, checking: 0, failed: 0, passed: 0, opened: 0, blocked: 0 };
const migrated = [{ name: 'migrate', uid: 'uid-of-migrate' }];

/** The gate with what its status tells of its one dependency, as of its present generation. */
function telling(of: GateBuilder, told: Partial<DependencyStatus>): GateBuilder {
  const [first] = of.spec.dependencies;
  if (!first) throw new Error('the gate has no dependency');
  const { name } = first;
  const fingerprint = evaluatedFingerprint(first);
  const one = { name, check: 'resource', state: 'Checking', ...COUNTS, fingerprint, ...told } as const;
  return of.withStatus({ ...of.gate.status, observedGeneration: of.gate.generation, dependencies: [one] });
}

const evaluated = (dependency: Dependency, observation: Observation) =>
  evaluatedIn(blank.dependsOn(dependency).rendered(), observation);

describe('what evaluations remember', () => {
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
      const superseded = { name: 'migrate', uid: 'uid-of-migrate', superseded: true };
      expect(running?.completed).to.deep.equal([superseded]);
      expect(evaluatedIn(done, seen(jobObject('migrate', 'Failed', 'uid-2')))?.is).to.equal('failed');
      const again = evaluatedIn(done, seen(jobObject('migrate', 'Complete', 'uid-2')));
      expect(again?.completed).to.deep.equal([superseded, { name: 'migrate', uid: 'uid-2' }]);
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
      expect(evaluatedIn(failed.generation(2), ABSENT)?.is, 'whatever else is changed').to.equal('failed');
      const asked = failed.dependsOn(jobDone('migrate', { condition: { type: 'Complete' } }));
      expect(evaluatedIn(asked, ABSENT)?.is).to.equal('waiting');
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
      const [evaluation] = evaluations(world(never), never.spec, EVALUATOR).values();
      expect(evaluation?.completed).to.deep.equal(migrated);
    });

    const others: Readonly<Record<string, (gate: GateBuilder) => GateBuilder>> = {
      'what is opened': (gate) => gate.specifying({ open: ['*'] }),
      'another dependency behind it': (gate) => gate.dependsOn(jobDone('migrate'), dns('api')),
      'its own timing': (gate) =>
        gate.dependsOn({ ...jobDone('migrate'), overdueAfterSeconds: 9, onOverdue: 'Open' }),
      'the image of the waiter': (gate) => gate.specifying({ waiter: { image: 'other' } }),
      'the defaults': (gate) => gate.defaults({ overdueAfterSeconds: 7 }),
      'the targets': (gate) => gate.targets('poller'),
    };
    for (const [what, change] of Object.entries(others)) {
      it(`keep it through a change of ${what}`, () => {
        const changed = change(done).generation(2);
        expect(evaluatedIn(changed, ABSENT)?.is).to.equal('satisfied');
        expect(evaluatedIn(changed, UNSEEN)?.completed).to.deep.equal(migrated);
      });
    }

    it('keep it where its dependency has another place in the order', () => {
      const changed = done.dependsOn(dns('api'), jobDone('migrate')).generation(2);
      const at = seeing(world(changed), { migrate: ABSENT });
      expect(evaluations(at, changed.spec, EVALUATOR).get('migrate')?.is).to.equal('satisfied');
    });

    const own: Readonly<Record<string, Dependency>> = {
      'the name of the Job': { ...jobDone('seed'), name: 'migrate' },
      'the kind': { ...database('migrate'), name: 'migrate' },
      'the condition': jobDone('migrate', { condition: { type: 'Complete' } }),
      'the expression': jobDone('migrate', { expression: 'true' }),
      'an expression that cannot be used': jobDone('migrate', { expression: 'object.(' }),
    };
    for (const [what, dependency] of Object.entries(own)) {
      it(`forget it once its own dependency is changed: ${what}`, () => {
        const changed = done.dependsOn(dependency).generation(2);
        expect(evaluatedIn(changed, ABSENT)?.is).to.equal('waiting');
        expect(evaluatedIn(changed, UNSEEN)?.completed).to.equal(undefined);
      });
    }

    it('do not hold it to a dependency of another name, which may be asked for by something else', () => {
      const renamed = done.dependsOn({ ...jobDone('migrate'), name: 'schema' });
      expect(evaluatedIn(renamed, ABSENT)?.is).to.equal('waiting');
    });

    it('keep it for the same spec where the custom resource is too old to keep the fingerprint', () => {
      const told = { satisfied: true, answer: 'done', completed: migrated };
      const [one] = telling(of, told).gate.status.dependencies ?? [];
      const { fingerprint: _, ...pruned } = one ?? expect.fail();
      const old = of.withStatus({ ...of.gate.status, observedGeneration: 1, dependencies: [pruned] });
      expect(evaluatedIn(old, ABSENT)?.is).to.equal('satisfied');
      expect(evaluatedIn(old.generation(2), ABSENT)?.is).to.equal('waiting');
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

  describe('of an expression that is evaluated later', () => {
    const evaluator: Evaluator = { check: () => undefined, evaluate: () => ({ is: 'postponed' }) };
    const later = (one: GateBuilder, name: string, object: JsonObject) =>
      evaluations(seeing(world(one), { [name]: seen(object) }), one.spec, evaluator).get(name);

    it('say so, open nothing, and hold whether it was satisfied', () => {
      const of = blank.dependsOn(database('db', { expression: 'object.a == 1' })).rendered();
      const object = databaseObject('db', {});
      const said = { is: 'unknown', reason: 'EvaluationPostponed' };
      expect(later(of, 'db', object)).to.deep.include({ ...said, wasSatisfied: false });
      for (const satisfied of [true, false]) {
        const told = telling(of, { satisfied, reason: 'ExpressionTrue', answer: 'it is there' });
        expect(later(told, 'db', object)).to.deep.include({ ...said, wasSatisfied: satisfied });
        expect(later(told, 'db', object)?.answer).to.match(/not been evaluated yet.*3 s a minute$/);
      }
    });

    it('forget no Job that completed', () => {
      const job = blank.dependsOn(jobDone('migrate', { expression: 'object.a == 1' })).rendered();
      const told = telling(job, {
        satisfied: true,
        reason: 'ExpressionTrue',
        answer: 'a',
        completed: migrated,
      });
      const evaluation = later(told, 'migrate', jobObject('migrate'));
      expect(evaluation).to.deep.include({ is: 'unknown', completed: migrated });
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

    it('hold nothing that was said of what it was evaluated by before', () => {
      const said = telling(of, { satisfied: true, reason: 'ConditionMet', answer: 'it is there' });
      expect(evaluatedIn(said.generation(2), UNSEEN)?.wasSatisfied, 'whatever else is changed').to.equal(
        true,
      );
      const changed = said.dependsOn(database('db', { condition: { type: 'Up' } }));
      expect(evaluatedIn(changed, UNSEEN)).to.deep.equal({
        is: 'unknown',
        reason: 'NotObserved',
        answer: 'Database db has not been looked at yet',
      });
    });
  });
});
