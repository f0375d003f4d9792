import { expect } from 'chai';
import { evaluateGate } from '../../../src/core/evaluate/evaluate-gate.ts';
import type { World } from '../../../src/core/world.ts';
import {
  cronJob,
  daemonSet,
  dns,
  type GateBuilder,
  gate,
  job,
  NOW,
  type PodBuilder,
  pod,
  statefulSet,
  type WorkloadBuilder,
  workload,
  world,
} from '../builders.ts';
import { conditionOf, messageOf } from '../in-words.ts';
import { carryOut, decide, settle } from '../simulate.ts';

/** A gate and one target, of which the Pods come and go. */
class Story {
  readonly #gate: GateBuilder;
  readonly #target: WorkloadBuilder;
  #world: World;

  constructor(of: (name: string) => WorkloadBuilder) {
    const blank = of('app');
    const { kind } = blank.workload;
    this.#gate = gate('db-first').targets(`${kind}/app`).dependsOn(dns('db')).rendered();
    this.#target = blank.carrying(this.#gate);
    this.#world = world(this.#gate);
  }

  /** The target as it is then, with that Pod. */
  turns(target: (as: WorkloadBuilder) => WorkloadBuilder, as?: (pod: PodBuilder) => PodBuilder): this {
    const { workload: app } = target(this.#target);
    const one = pod('app-1').of(`${app.kind}/app`).carrying(this.#gate);
    const pods = as ? [as(one).pod] : [];
    this.#world = settle({ ...this.#world, workloads: new Map([[`${app.kind}/app`, app]]), pods }, NOW).world;
    return this;
  }

  gone(): this {
    this.#world = settle({ ...this.#world, workloads: new Map(), pods: [] }, NOW).world;
    return this;
  }

  edited(change: (gate: GateBuilder) => GateBuilder): this {
    const { gate: after } = change(this.#gate.with(this.#world.gate));
    this.#world = { ...this.#world, gate: { ...after, generation: after.generation + 1 } };
    this.#world = carryOut(this.#world, { ...decide(this.#world, NOW), writes: [] }, NOW);
    return this;
  }

  get gate() {
    return this.#world.gate;
  }

  get status() {
    return this.#world.gate.status;
  }

  get open(): string | undefined {
    return conditionOf(this.status, 'Open');
  }

  get ready(): string | undefined {
    return conditionOf(this.status, 'Ready');
  }

  get message(): string | undefined {
    return messageOf(this.status, 'Open');
  }

  /** Whether another gate that depends on it lets its Pods go. */
  get counts(): boolean {
    const observation = { is: 'gate', gate: this.#world.gate, cycle: [] } as const;
    return evaluateGate({ name: 'db-first' }, observation).is === 'satisfied';
  }
}

const as = (one: WorkloadBuilder) => one;
const open = (one: PodBuilder) => one.open();
const DEADLINE = 'DeadlineExceeded: Job was active longer than specified deadline';

describe('a gate whose target has no Pods', () => {
  const never: readonly {
    readonly of: (name: string) => WorkloadBuilder;
    readonly as: (target: WorkloadBuilder) => WorkloadBuilder;
    readonly is: string;
    readonly reason: string;
  }[] = [
    {
      of: workload,
      as: (one) => one.replicas(0),
      is: 'Deployment app is scaled to zero',
      reason: 'ScaledToZero',
    },
    {
      of: statefulSet,
      as: (one) => one.replicas(0),
      is: 'StatefulSet app is scaled to zero',
      reason: 'ScaledToZero',
    },
    {
      of: daemonSet,
      as: (one) => one.resting('without a node'),
      is: 'DaemonSet app has no node to run on',
      reason: 'NoNode',
    },
    { of: job, as: (one) => one.resting('suspended'), is: 'Job app is suspended', reason: 'Suspended' },
    {
      of: job,
      as: (one) => one.resting('scaled to zero'),
      is: 'Job app is scaled to zero',
      reason: 'ScaledToZero',
    },
    { of: cronJob, as, is: 'CronJob app has no Pod between its runs', reason: 'BetweenRuns' },
    {
      of: cronJob,
      as: (one) => one.resting('suspended'),
      is: 'CronJob app is suspended',
      reason: 'Suspended',
    },
  ];
  for (const { of, as: rests, is, reason } of never) {
    it(`is in force, not open, and counts for no other gate before any has passed: ${is}`, () => {
      const story = new Story(of).turns(rests);
      expect(story.ready).to.equal('True InForce');
      expect(story.open).to.equal('Unknown NonePassedYet');
      expect(story.message).to.equal(`no Pod has passed yet, and none is there; ${is}`);
      expect(story.status.targets?.[0]).to.include({ state: 'Current', reason, message: is });
      expect(story.counts).to.equal(false);
    });

    it(`stays open, and counts for others, once one has passed: ${is}`, () => {
      const story = new Story(of).turns(as, open).turns(rests);
      expect(story.open).to.equal('True NoPods');
      expect(story.message).to.equal(`Pods passed before, and none is there now; ${is}`);
      expect(story.counts).to.equal(true);
      const wait = (one: PodBuilder) => one.checking('db');
      expect(story.turns(as, wait).open, 'the next one waits').to.equal('False Waiting');
      expect(story.counts).to.equal(false);
      expect(story.turns(rests).counts, 'and is gone again').to.equal(true);
    });

    it(`forgets it with the containers, and with a target that is made anew: ${is}`, () => {
      const passed = new Story(of).turns(as, open).turns(rests);
      expect(passed.edited((one) => one.dependsOn(dns('other'))).turns(rests).counts).to.equal(false);
      const anew = new Story(of).turns(as, open).turns((one) => rests(one).with({ uid: 'another' }));
      expect(anew.open).to.equal('Unknown NonePassedYet');
    });

    it(`remembers it through all that needs no other containers: ${is}`, () => {
      const story = new Story(of).turns(as, open).turns(rests);
      story.edited((one) => one.specifying({ open: ['*'] })).edited((one) => one.suspended());
      const { spec } = story.gate;
      story.edited((one) => one.invalid('of another version'));
      expect(story.open).to.equal('Unknown InvalidSpec');
      story.edited((one) => one.with({ spec }));
      expect(story.open).to.equal('True NoPods');
    });
  }
});

describe('a gate whose target is a Job', () => {
  const failed = (one: WorkloadBuilder) => one.resting('failed', DEADLINE);

  it('is not open, and says why, where the Job failed before a Pod of it had passed', () => {
    const story = new Story(job).turns(as, (one) => one.checking('db')).turns(failed);
    expect(story.open).to.equal('False TargetFailed');
    expect(story.message).to.equal(`failed before a Pod of it had passed: Job app failed: ${DEADLINE}`);
    expect(story.status.targets?.[0]).to.include({
      reason: 'JobFailed',
      message: `Job app failed: ${DEADLINE}`,
    });
    expect(story.counts).to.equal(false);
  });

  it('says that the Job failed, and not only the Pods that it keeps: there will be no others', () => {
    const ended = (one: PodBuilder) => one.with({ restartPolicy: 'Never', phase: 'Failed' }).ended('db');
    expect(new Story(job).turns(as, ended).open, 'with tries left').to.equal('False PodFailed');
    expect(new Story(job).turns(failed, ended).open).to.equal('False TargetFailed');
  });

  it('is open where it failed behind the gate, and says that it failed', () => {
    const story = new Story(job).turns(as, open).turns(failed);
    expect(story.open).to.equal('True NoPods');
    expect(story.message).to.match(/; Job app failed: DeadlineExceeded/);
    expect(story.status.targets?.[0]).to.include({ reason: 'JobFailed' });
    expect(story.counts).to.equal(true);
  });

  it('says so also while a Pod that failed behind the gate is still there', () => {
    const crashed = (one: PodBuilder) => one.open().with({ restartPolicy: 'Never', phase: 'Failed' });
    const story = new Story(job).turns(failed, crashed);
    expect(story.open).to.equal('True NoPods');
    expect(story.status.targets?.[0]).to.include({ reason: 'JobFailed' });
  });

  it('is open between two tries where one has passed, and not known to be where none has', () => {
    expect(new Story(job).turns(as).open).to.equal('Unknown NoPodYet');
    expect(new Story(job).turns(as, open).turns(as).open).to.equal('True NoPods');
  });

  it('stays open when the Job has completed, also unseen, and is deleted by its TTL', () => {
    const story = new Story(job).turns((one) => one.resting('completed'));
    expect(story.open).to.equal('True NoPods');
    story.gone();
    expect(story.open).to.equal('True NoPods');
    expect(story.message).to.match(/; Job app is gone$/);
    expect(story.status.targets?.[0]).to.include({ state: 'Missing', reason: 'PassedAndGone' });
    expect(story.counts).to.equal(true);
    expect(story.turns((one) => one.with({ uid: 'another' })).open, 'another of the name').to.equal(
      'Unknown NoPodYet',
    );
    expect(story.counts).to.equal(false);
  });

  it('is not known to be open where the Job is gone, and none of its Pods had passed', () => {
    expect(new Story(job).turns(as, (one) => one.checking('db')).gone().open).to.equal(
      'Unknown TargetMissing',
    );
  });
});

describe('a gate whose Deployment is deleted', () => {
  it('is not known to be open, and forgets that it was when another is made', () => {
    const story = new Story(workload).turns(as, open).gone();
    expect(story.open).to.equal('Unknown TargetMissing');
    expect(story.counts).to.equal(false);
    expect(story.turns((one) => one.replicas(0).with({ uid: 'another' })).open).to.equal(
      'Unknown NonePassedYet',
    );
  });
});

describe('a gate of several targets', () => {
  const two = gate('db-first').targets('web', 'Job/seed').dependsOn(dns('db')).rendered();
  const web = [workload('web').carrying(two), pod('web-1').of('web').carrying(two).open()];
  const seed = job('seed').carrying(two);
  const said = (...around: WorkloadBuilder[]) => {
    const { status } = decide(world(two, ...web, ...around), NOW);
    return `${conditionOf(status, 'Open')}: ${messageOf(status, 'Open')}`;
  };

  it('is open when Pods of one have passed and the others want none: the dependencies are the same', () => {
    expect(said(seed.resting('suspended'))).to.equal('True AllPassed: 1 Pod passed; Job seed is suspended');
    expect(said(seed.resting('completed'))).to.equal('True AllPassed: 1 Pod passed; Job seed completed');
  });

  it('is not open where a Job of it failed in the gate', () => {
    expect(said(seed.resting('failed', DEADLINE))).to.match(
      /^False TargetFailed: .*Job seed failed: Deadline/,
    );
  });
});

describe('a gate of which only held Pods are left, behind one that passed', () => {
  it('counts for others: held Pods wait for no dependency of it', () => {
    const one = gate('db-first').targets('web').dependsOn(dns('db')).rendered();
    const held = pod('web-0').of('web').heldFor('db-first', 'to-come');
    const passed = pod('web-1').of('web').carrying(one).open();
    const counts = (...pods: PodBuilder[]) => {
      const { status } = decide(world(one, workload('web').carrying(one), ...pods), NOW);
      expect(conditionOf(status, 'Open')).to.equal('False Held');
      const other = { ...one.gate, status: status ?? {} };
      return evaluateGate({ name: 'db-first' }, { is: 'gate', gate: other, cycle: [] }).is;
    };
    expect(counts(held)).to.equal('waiting');
    expect(counts(held, passed)).to.equal('satisfied');
  });
});
