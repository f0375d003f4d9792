import { expect } from 'chai';
import type { DependencyStatus } from '../../../src/api/status.ts';
import type { Observation } from '../../../src/core/model.ts';
import { gateEvents } from '../../../src/core/status/gate-events.ts';
import type { World } from '../../../src/core/world.ts';
import { dns, type GateBuilder, gate, NOW, type PodBuilder, pod, workload, world } from '../builders.ts';
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
  UNSEEN,
  withOpen,
} from '../evaluated-builders.ts';
import { conditionOf, messageOf, writesOf } from '../in-words.ts';
import { settle } from '../simulate.ts';

const migrateFirst = gate('migrate-first').targets('pinger').dependsOn(jobDone('migrate')).rendered();
const RUNS = seen(jobObject('migrate'));
const DONE = seen(jobObject('migrate', 'Complete'));
const FAILED = seen(jobObject('migrate', 'Failed'));
const again = (condition?: 'Complete' | 'Failed') => seen(jobObject('migrate', condition, 'uid-2'));

/** A gate, whose one dependency is seen now so and now so. What its operator writes stays. */
class Story {
  #world: World;

  constructor(of: GateBuilder = migrateFirst, pods: readonly PodBuilder[] = [this.waiting('pinger-1', of)]) {
    this.#world = world(of, workload('pinger').carrying(of).replicas(pods.length), ...pods);
  }

  waiting(name: string, of: GateBuilder = migrateFirst): PodBuilder {
    const born = pod(name).of('pinger').carrying(of);
    return born.checking(of.spec.dependencies[0]?.name ?? '');
  }

  /** What is seen of the first dependency, and which writes and Events come of it, until all is quiet. */
  sees(observation: Observation): { readonly writes: string[]; readonly told: string[] } {
    const { spec, status } = this.#world.gate;
    const [first] = spec.valid ? spec.value.dependencies : [];
    const before = seeing(this.#world, { [first?.name ?? '']: observation });
    const { plans, world: after, isSilent } = settle(before, NOW);
    expect(isSilent, 'comes to rest').to.equal(true);
    this.#world = after;
    const told = gateEvents(status, after.gate.status, []).map(({ reason }) => reason);
    return { writes: plans.flatMap(writesOf), told };
  }

  /** As the operator sees it just after a restart. */
  restarts() {
    this.#world = { ...this.#world, openings: new Map(), repairs: [] };
    return this.sees(UNSEEN);
  }

  /** Another Pod appears, and the first ones have gone their way. */
  scalesUp(of: PodBuilder): this {
    this.#world = { ...this.#world, pods: [of.pod] };
    return this;
  }

  becomes(change: (gate: GateBuilder) => GateBuilder, of = migrateFirst): this {
    const { gate: after } = change(of.with(this.#world.gate));
    this.#world = { ...this.#world, gate: { ...after, generation: after.generation + 1 } };
    return this;
  }

  get world(): World {
    return this.#world;
  }

  get first(): DependencyStatus | undefined {
    return this.#world.gate.status.dependencies?.[0];
  }

  get open(): string | undefined {
    return conditionOf(this.#world.gate.status, 'Open');
  }

  get status() {
    return this.#world.gate.status;
  }
}

describe('decide, with a Job that is waited for', () => {
  let story: Story;
  beforeEach(() => {
    story = new Story();
  });

  it('waits while it is not there or runs, and opens the Pods that wait once it completes', () => {
    expect(story.sees(ABSENT).writes).to.deep.equal([]);
    expect(story.first).to.include({ satisfied: false, answer: 'Job migrate does not exist' });
    expect(story.sees(RUNS).writes).to.deep.equal([]);
    expect(story.open).to.equal('False Waiting');
    expect(messageOf(story.status, 'Open')).to.contain(story.first?.answer);
    expect(story.sees(DONE)).to.deep.equal({ writes: ['open-pod pinger-1'], told: ['DependencySatisfied'] });
    expect(story.sees(DONE)).to.deep.equal({ writes: [], told: [] });
  });

  it('opens Pods that come after the Job was deleted by its TTL', () => {
    story.sees(DONE);
    expect(story.sees(ABSENT)).to.deep.equal({ writes: [], told: [] });
    expect(story.first).to.deep.include({
      satisfied: true,
      answer: 'Job migrate completed, and is gone since',
      completed: [{ name: 'migrate', uid: 'uid-of-migrate' }],
    });
    story.scalesUp(story.waiting('pinger-2'));
    expect(story.sees(ABSENT).writes).to.deep.equal(['open-pod pinger-2']);
  });

  it('lets a new Job of the name count again', () => {
    story.sees(DONE);
    story.sees(ABSENT);
    story.scalesUp(story.waiting('pinger-2'));
    expect(story.sees(again()).writes).to.deep.equal([]);
    expect(story.first).to.include({ satisfied: false });
    expect(story.first?.completed).to.deep.equal([
      { name: 'migrate', uid: 'uid-of-migrate', superseded: true },
    ]);
    expect(story.sees(again('Complete')).writes).to.deep.equal(['open-pod pinger-2']);
    expect(story.first?.completed?.at(-1)?.uid).to.equal('uid-2');
  });

  it('says that it failed, in its own words, and heals with a new Job', () => {
    expect(story.sees(FAILED)).to.deep.equal({ writes: [], told: ['DependencyFailed'] });
    expect(story.first).to.include({ state: 'Failed', satisfied: false });
    expect(story.open).to.equal('False DependencyFailed');
    expect(messageOf(story.status, 'Open')).to.match(
      /^1 of 1 Pod waiting, failed: migrate \(.*its own words/,
    );
    const { answer } = story.first ?? {};
    for (let pass = 0; pass < 2; pass++) {
      expect(story.sees(ABSENT), 'its TTL deletes it: it has failed all the same').to.deep.equal({
        writes: [],
        told: [],
      });
      expect(story.first).to.include({ state: 'Failed', answer: `${answer}, and is gone since` });
    }
    expect(story.sees(again()).told).to.deep.equal(['Waiting']);
    expect(story.first?.state).to.equal('Checking');
    expect(story.sees(again('Complete'))).to.deep.equal({
      writes: ['open-pod pinger-1'],
      told: ['DependencySatisfied'],
    });
  });

  it('is not failed for Pods that are through', () => {
    const passed = new Story(migrateFirst, [pod('a').of('pinger').carrying(migrateFirst).open()]);
    passed.sees(FAILED);
    expect(passed.open).to.equal('True AllPassed');
    expect(passed.first?.state).to.equal('Passed');
  });

  it('opens the Pods that an edit of the gate makes anew, also where the Job was deleted by its TTL', () => {
    story.sees(DONE);
    story.sees(ABSENT);
    story.becomes((of) => of.dependsOn(jobDone('migrate'), dns('api')));
    story.sees(ABSENT);
    const edited = migrateFirst.with(story.world.gate);
    story.scalesUp(story.waiting('pinger-2', edited));
    expect(story.sees(ABSENT).writes).to.deep.equal(['open-pod pinger-2']);
    expect(story.first).to.include({ reason: 'JobCompletedAndGone', satisfied: true });
  });

  it('keeps what completed through a restart in the midst of an edit, and while the spec cannot be read', () => {
    story.sees(DONE);
    story.becomes((of) => of.dependsOn(jobDone('migrate'), dns('api')).suspended());
    story.restarts();
    const { spec } = story.world.gate;
    story.becomes((of) => of.invalid('of another version'));
    story.restarts();
    story.becomes((of) => of.with({ spec }));
    story.sees(ABSENT);
    expect(story.first).to.include({ reason: 'JobCompletedAndGone', satisfied: true });
  });

  it('forgets what completed once its own dependency is changed, whatever is seen then', () => {
    for (const observation of [UNSEEN, ABSENT]) {
      story.sees(DONE);
      story.becomes((of) => of.dependsOn(jobDone('migrate', { expression: 'true' })));
      story.sees(observation);
      expect(story.first).to.include({ satisfied: false }).and.not.to.have.property('completed');
      story.becomes((of) => of.dependsOn(jobDone('migrate')));
      story.sees(ABSENT);
      expect(story.first).to.include({ satisfied: false, answer: 'Job migrate does not exist' });
    }
  });

  it('keeps it while the right to read Jobs is taken, and opens nobody meanwhile', () => {
    story.sees(DONE);
    story.scalesUp(story.waiting('pinger-2'));
    expect(story.sees(FORBIDDEN).writes).to.deep.equal([]);
    expect(story.first).to.include({ satisfied: false, answer: FORBIDDEN.message });
    expect(story.sees(ABSENT).writes).to.deep.equal(['open-pod pinger-2']);
  });

  it('opens by hand what has failed, and no longer calls it so', () => {
    story.sees(FAILED);
    story.becomes((of) => of.specifying({ open: ['migrate'] }));
    expect(story.sees(FAILED).writes).to.deep.equal(['open-pod pinger-1']);
    expect(story.open).to.equal('False Waiting');
    expect(story.first).to.include({ state: 'Checking', opened: 1 });
  });
});

describe('decide, after a restart of the operator', () => {
  const cluster = database('db', { expression: 'object.status.up' });
  const outside = seen(databaseObject('db', { up: true }), false);
  const cases: readonly [string, GateBuilder, Observation][] = [
    ['what was there', migrateFirst, DONE],
    ['what was not', migrateFirst, RUNS],
    ['what was missing', migrateFirst, ABSENT],
    ['what had failed', migrateFirst, FAILED],
    ['what may not be read', migrateFirst, FORBIDDEN],
    ['a fault', gate('db-first').targets('pinger').dependsOn(cluster).rendered(), outside],
    [
      'a hint',
      gate('api-first').targets('pinger').dependsOn(dns('api')).rendered(),
      { is: 'service', service: undefined, slices: [] },
    ],
  ];
  for (const [what, of, observation] of cases) {
    it(`changes nothing and writes nothing before it has looked: ${what}`, () => {
      const story = new Story(of, [
        pod('a')
          .of('pinger')
          .carrying(of)
          .checking(of.spec.dependencies[0]?.name ?? ''),
      ]);
      story.sees(observation);
      const before = story.status;
      expect(story.restarts()).to.deep.equal({ writes: [], told: [] });
      expect(story.status).to.deep.equal(before);
      expect(story.sees(observation).told).to.deep.equal([]);
      expect(story.status).to.deep.equal(before);
    });
  }

  it('opens nobody by what it remembers, but by what it sees', () => {
    const story = new Story();
    story.sees(DONE);
    story.scalesUp(story.waiting('pinger-2'));
    expect(story.restarts().writes).to.deep.equal([]);
    expect(story.sees(ABSENT).writes).to.deep.equal(['open-pod pinger-2']);
  });

  it('remembers a completed Job when it has gone meanwhile', () => {
    const story = new Story();
    story.sees(DONE);
    story.restarts();
    expect(story.first?.completed?.at(-1)?.uid).to.equal('uid-of-migrate');
    story.sees(ABSENT);
    expect(story.first?.satisfied).to.equal(true);
  });
});

describe('decide, with what can never be evaluated as it is written', () => {
  it('is Stalled by an expression, says so on the dependency, and heals when it is fixed', () => {
    const broken = gate('db-first')
      .targets('pinger')
      .dependsOn(database('db', { expression: 'object.(' }))
      .rendered();
    const story = new Story(broken);
    story.sees(seen(databaseObject('db', { up: true })));
    expect(conditionOf(story.status, 'Stalled')).to.equal('True InvalidExpression');
    expect(conditionOf(story.status, 'Ready')).to.equal('False InvalidExpression');
    expect(messageOf(story.status, 'Stalled')).to.match(/^dependency db: the expression cannot be used: /);
    story.becomes((of) => of.dependsOn(database('db', { expression: 'object.status.up' })), broken);
    expect(story.sees(seen(databaseObject('db', { up: true }))).writes).to.deep.equal(['open-pod pinger-1']);
    expect(conditionOf(story.status, 'Stalled')).to.equal(undefined);
  });

  describe('puts an expression that cannot be used into no target', () => {
    const usable = database('db', { expression: 'object.status.up' });
    const unusable = database('cache', { expression: 'object.(' });
    const unrendered = (...dependencies: Parameters<GateBuilder['dependsOn']>) =>
      gate('db-first')
        .targets('pinger')
        .dependsOn(...dependencies);
    const rested = (of: GateBuilder, target = workload('pinger')) => {
      const { plans, world: after, isSilent } = settle(world(of, target), NOW);
      expect(isSilent, 'comes to rest').to.equal(true);
      return { writes: plans.flatMap(writesOf), status: after.gate.status };
    };

    it('of a new gate, before it is looked at and after', () => {
      const { writes, status } = rested(unrendered(usable, unusable));
      expect(writes).to.deep.equal(['add-finalizer']);
      expect(status.render).to.equal(undefined);
      expect(conditionOf(status, 'Ready')).to.equal('False InvalidExpression');
      expect(conditionOf(status, 'Open')).to.equal('Unknown TargetNotCurrent');
      expect(rested(unrendered(usable)).status.render?.initContainers).to.have.length(1);
    });

    it('of a gate in force, which stays as it was, and opens as it did', () => {
      const of = unrendered(usable).rendered();
      const before = of.gate.status.render;
      const story = new Story(of);
      story.becomes((one) => one.dependsOn(usable, unusable), of);
      expect(story.sees(seen(databaseObject('db', { up: false }))).writes).to.deep.equal([]);
      expect(story.status.render).to.deep.equal(before);
      expect(conditionOf(story.status, 'Stalled')).to.equal('True InvalidExpression');
      expect(story.sees(seen(databaseObject('db', { up: true }))).writes).to.deep.equal([
        'open-pod pinger-1',
      ]);
    });
  });

  it('keeps what was in force in its targets, where somebody takes it out or they are made anew', () => {
    const usable = database('db', { expression: 'object.status.up' });
    const of = gate('db-first').targets('pinger').dependsOn(usable).rendered();
    const story = new Story(of);
    story.becomes((one) => one.dependsOn(usable, database('cache', { expression: 'object.(' })), of);
    story.sees(ABSENT);
    const bare = { ...story.world, workloads: new Map([['Deployment/pinger', workload('pinger').workload]]) };
    const { plans, world: after } = settle(bare, NOW);
    expect(plans.flatMap(writesOf)).to.deep.equal(['patch-target pinger']);
    const [carried] = [...after.workloads.values()];
    expect(carried?.template.initContainers).to.deep.equal(['dgate-db-first--db']);
  });

  it('is Stalled by a cycle of gates, and opens nobody', () => {
    const of = gate('a').targets('pinger').dependsOn(otherGate('b')).rendered();
    const story = new Story(of);
    const b = withOpen(gate('b').dependsOn(otherGate('a')), 'True', 'NoPods');
    expect(story.sees(seenGate(b, 'a', 'b', 'a')).writes).to.deep.equal([]);
    expect(conditionOf(story.status, 'Stalled')).to.equal('True DependencyCycle');
    expect(messageOf(story.status, 'Stalled')).to.contain('a → b → a');
    expect(story.sees(seenGate(b)).writes).to.deep.equal(['open-pod pinger-1']);
    expect(conditionOf(story.status, 'Stalled')).to.equal(undefined);
  });
});

describe('decide, with another gate', () => {
  const of = gate('api-first').targets('pinger').dependsOn(otherGate('db-first')).rendered();

  it('opens when the other gate opens, and says why it waits until then', () => {
    const story = new Story(of);
    const db = gate('db-first').dependsOn(dns('db'));
    story.sees(ABSENT);
    expect(story.first?.answer).to.equal('gate db-first does not exist');
    story.sees(seenGate(withOpen(db, 'False', 'Waiting')));
    expect(messageOf(story.status, 'Open')).to.match(
      /db-first blocks 1 \(gate db-first is not open: Waiting\)$/,
    );
    expect(story.sees(seenGate(withOpen(db, 'True', 'AllPassed'))).writes).to.deep.equal([
      'open-pod pinger-1',
    ]);
  });
});

describe('decide, of a Pod that the gate leaves', () => {
  it('writes it once, where it is also to be opened', () => {
    const former = gate('api-first').targets('poller').dependsOn(dns('api')).rendered();
    const opening = former.specifying({ open: ['*'] });
    const one = pod('pinger-1').of('pinger').carrying(former).checking('api');
    const { plans } = settle(world(opening, workload('pinger').carrying(former), one), NOW);
    expect(plans.slice(0, 2).map(writesOf)).to.deep.equal([['open-pod pinger-1'], ['clean-target pinger']]);
  });
});
