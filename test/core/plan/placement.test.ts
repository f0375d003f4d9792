import { expect } from 'chai';
import { gateAnnotation, REMOVED } from '../../../src/api/names.ts';
import { CACHE_LAG_MS } from '../../../src/core/admission/written.ts';
import type { Placing } from '../../../src/core/model.ts';
import type { World } from '../../../src/core/world.ts';
import {
  ago,
  container,
  cronJob,
  daemonSet,
  dns,
  gate,
  job,
  NOW,
  PLACING,
  pod,
  statefulSet,
  type WorkloadBuilder,
  workload,
  world,
} from '../builders.ts';
import { conditionOf, messageOf, writesOf } from '../in-words.ts';
import { decide } from '../simulate.ts';
import { changed, decided } from '../workload-world.ts';

const TARGETS = ['pinger', 'StatefulSet/db', 'DaemonSet/agent', 'CronJob/nightly'];
const inPods = gate('first')
  .targets(...TARGETS)
  .dependsOn(dns('api'))
  .specifying({ placement: 'Pod' })
  .rendered();
const inTemplates = gate('first')
  .targets(...TARGETS)
  .dependsOn(dns('api'))
  .rendered();
const older = gate('first')
  .targets(...TARGETS)
  .dependsOn(dns('old'))
  .rendered();
const WORKLOADS = [workload('pinger'), statefulSet('db'), daemonSet('agent'), cronJob('nightly')];
const pinger = workload('pinger').with({ replicas: 0 });
const GONE: Placing = { isThere: false, why: 'MutatingAdmissionPolicy dependencygate-place is not there' };
const nowhere: Partial<World> = { placing: new Map([...PLACING.keys()].map((kind) => [kind, GONE])) };

/** The gate, which targets `pinger` alone, and what is around it. */
const at = (...around: Parameters<typeof world> extends [unknown, ...infer Rest] ? Rest : never) =>
  world(inPods.targets('pinger').rendered(), ...around);
const alone = inPods.targets('pinger').rendered();
const status = (around: World, now = NOW) => decide(around, now).status;

describe('a gate with placement Pod', () => {
  it('writes to no workload, whichever kind it is', () => {
    for (const one of WORKLOADS) expect(decided(one, [inPods]).writes, one.workload.kind).to.deep.equal([]);
    expect(decided(pinger, [inTemplates]).writes).to.have.length(1);
  });

  it('is in force at once, and tells how many Pods were there before it or are of an older version', () => {
    const old = pod('pinger-1').of('pinger').carrying(older).open();
    const found = at(workload('pinger').with({ replicas: 4 }), old);
    expect(conditionOf(status(found), 'Ready')).to.equal('True InForce');
    expect(messageOf(status(found), 'Ready')).to.equal(
      '1 of 1 target exists and has the containers placed into its new Pods; created before it, without them: 3 Pods; created with older ones: 1 Pod; first starts are gated by admission',
    );
    expect(status(found)?.targets?.[0]).to.include({ state: 'Current', ungated: 3 });
    expect(status(found)?.pods).to.include({ total: 0, older: 1, ungated: 3 });
  });

  it('is open once a Pod has passed, though others were there before, and not known to be before that', () => {
    const before = workload('pinger').with({ replicas: 3 });
    expect(conditionOf(status(at(before)), 'Open')).to.equal('Unknown NonePassedYet');
    const waiting = pod('pinger-1').of('pinger').carrying(alone).checking('api');
    expect(conditionOf(status(at(before, waiting)), 'Open')).to.equal('False Waiting');
    const passed = pod('pinger-1').of('pinger').carrying(alone).open();
    expect(conditionOf(status(at(before, passed)), 'Open')).to.equal('True AllPassed');
    const two = inPods.targets('pinger', 'poller').rendered();
    const found = status(world(two, before, workload('poller'), passed));
    expect(conditionOf(found, 'Open')).to.equal('True AllPassed');
    expect(messageOf(found, 'Open')).to.equal(
      '1 Pod passed; Deployment poller has no Pod that was created since',
    );
  });

  it('has no Pod yet where its target has none', () => {
    expect(conditionOf(status(at(pinger)), 'Open')).to.equal('Unknown NoPodYet');
  });

  it('is stalled where nothing places it, and the template is never patched instead', () => {
    const found = status({ ...at(pinger), ...nowhere });
    expect(conditionOf(found, 'Stalled')).to.equal('True NoAdmission');
    expect(messageOf(found, 'Stalled')).to.match(
      /^placement Pod needs the admission policies \(Kubernetes 1\.36\): MutatingAdmissionPolicy dependencygate-place is not there/,
    );
    expect(conditionOf(found, 'Open')).to.equal('Unknown TargetNotCurrent');
    expect(found?.targets?.[0]?.state).to.equal('Pending');
    expect(decided(pinger, [inPods], { placing: GONE }).writes).to.deep.equal([]);
  });

  it('does not care whether templates are gated by admission, nor when they are', () => {
    const patient = alone.specifying({ updatePolicy: 'OnNextRollout' }).rendered();
    const found = status({ ...world(patient, pinger), firstStarts: 'patched' });
    expect(conditionOf(found, 'Ready')).to.equal('True InForce');
  });

  it('puts Jobs, whose templates never change, where it always does', () => {
    const migrate = inPods.targets('Job/migrate').rendered();
    expect(status(world(migrate, job('migrate')))?.targets?.[0]?.state).to.equal('Immutable');
    expect(
      status(world(migrate, job('migrate').carrying(migrate).with({ replicas: 0 })))?.targets?.[0]?.state,
    ).to.equal('Current');
  });

  it('tells of a first start that it missed, and not while the workload or its Pods have just changed', () => {
    const born = (seconds: number) => at(workload('pinger').with({ createdAt: ago(seconds) }));
    const reason = (of: World) => status(of)?.targets?.[0]?.reason;
    const young = { createdAt: ago(3600) };
    const since = (of: World, countedFor = 60_000): World => ({
      ...{ ...of, gate: { ...of.gate, ...young } },
      countedSince: new Map([['Deployment/pinger', NOW - countedFor]]),
    });
    expect(reason(since(born(100), 2999))).to.equal(undefined);
    expect(decide(since(born(100), 2999), NOW).next, 'it looks again').to.equal(1);
    expect(reason(since(born(100), 3000))).to.equal('FirstStartUngated');
    expect(reason(since(born(700)))).to.equal(undefined);
    const gated = pod('pinger-1').of('pinger').carrying(alone);
    const some = at(workload('pinger').with({ createdAt: ago(5), replicas: 2 }), gated);
    expect(reason(since(some))).to.equal(undefined);
  });
});

describe('a gate that moves from templates into Pods', () => {
  for (const one of WORKLOADS) {
    it(`leaves the template of a ${one.workload.kind}, and opens none of its Pods`, () => {
      const { name, kind } = one.workload;
      const waiting = pod('it-1').of(`${kind}/${name}`).carrying(inTemplates);
      const plan = decided(one.carrying(inTemplates), [inPods], waiting);
      expect(writesOf(plan)).to.deep.equal([`clean-target ${name}`]);
      expect(writesOf(decide(world(inPods, one.carrying(inTemplates), waiting), NOW))).to.not.include(
        'open-pod it-1',
      );
    });
  }

  it('does not before every new Pod gets it', () => {
    const carrying = pinger.carrying(inTemplates);
    const plan = (since: number, placing: Placing) =>
      decided(carrying, [changed(inPods, since)], { placing });
    const there: Placing = { isThere: true, since: 0 };
    expect(plan(CACHE_LAG_MS - 1, there)).to.deep.include({ writes: [], next: 1 });
    expect(plan(CACHE_LAG_MS, there).writes).to.have.length(1);
    expect(plan(CACHE_LAG_MS, { isThere: true, since: NOW - 1000 }).writes).to.deep.equal([]);
    expect(plan(3_600_000, GONE).writes).to.deep.equal([]);
  });

  it('does not while it is suspended, not rendered, or without its finalizer', () => {
    const carrying = pinger.carrying(inTemplates);
    for (const one of [inPods.suspended(), inPods.with({ finalizers: [] }), inPods.dependsOn(dns('new'))])
      expect(decided(carrying, [one]).writes).to.deep.equal([]);
  });

  it('leaves no mark by which a Pod that requires it would start without it', () => {
    const left = (gateNow: typeof inPods, one: WorkloadBuilder) => {
      const [write] = decided(one.carrying(inTemplates), [gateNow]).writes;
      return JSON.stringify(write?.do === 'patch-workload' ? write.patch : undefined);
    };
    const mark = (value: string | null) =>
      `${JSON.stringify(gateAnnotation('first'))}:${JSON.stringify(value)}`;
    expect(left(inPods, pinger.requiring('first'))).to.contain(mark(null));
    expect(left(inTemplates.deleting(), pinger.requiring('first'))).to.contain(mark(REMOVED));
  });

  it('is not in force before it has left', () => {
    const found = status(at(pinger.carrying(alone)));
    expect(conditionOf(found, 'Ready')).to.equal('False Patching');
  });
});

describe('Pods of a gate with placement Pod that never started', () => {
  const since = NOW - 60_000;
  const inForce = (...around: Parameters<typeof at>): World => ({ ...at(...around), inForceSince: since });
  const waiting = pod('pinger-1')
    .of('pinger')
    .carrying(older)
    .with({ createdAt: ago(120) });
  const held = pod('pinger-1')
    .of('pinger')
    .heldFor('first')
    .with({ createdAt: ago(120) });

  it('are replaced where they wait with older containers or are held, whatever makes them', () => {
    for (const one of [waiting, held])
      expect(writesOf(decide(inForce(pinger, one), NOW))).to.deep.equal(['delete-pod pinger-1']);
  });

  it('are not before the next Pod gets what the gate is now', () => {
    const found: World = { ...inForce(pinger, waiting), inForceSince: NOW - CACHE_LAG_MS + 1 };
    expect(decide(found, NOW)).to.deep.include({ writes: [], next: 1 });
  });

  it('are not where those that are made anew would be the same, which is said', () => {
    const young = { createdAt: ago(30) };
    for (const one of [waiting.with(young), held.with(young)])
      expect(writesOf(decide(inForce(pinger, one), NOW))).to.deep.equal([]);
    const found = status(inForce(pinger.requiring('first'), held.with(young)));
    expect(conditionOf(found, 'Open')).to.equal('False Held');
    expect(messageOf(found, 'Open')).to.contain('created without gate first although it is in force');
  });

  it('are left alone where they have passed, wait in another gate, or nothing places the gate', () => {
    expect(writesOf(decide(inForce(pinger, waiting.open()), NOW))).to.deep.equal([]);
    const a = gate('a').dependsOn(dns('x')).rendered();
    const behind = pod('pinger-1')
      .of('pinger')
      .carrying(a, older)
      .with({ createdAt: ago(120) });
    expect(writesOf(decide(inForce(pinger, behind), NOW))).to.deep.equal([]);
    expect(writesOf(decide({ ...inForce(pinger, waiting), ...nowhere }, NOW))).to.deep.equal([]);
  });

  it('of a StatefulSet are replaced too where its template has changed since', () => {
    const db = inPods.targets('StatefulSet/db').rendered();
    const old = pod('db-0')
      .of('StatefulSet/db')
      .carrying(db)
      .revision('db-old')
      .with({ createdAt: ago(9) });
    const found: World = { ...world(db, statefulSet('db'), old), inForceSince: since };
    expect(writesOf(decide(found, NOW))).to.deep.equal(['delete-pod db-0']);
  });

  it('of a CronJob are what their Job is, and are left alone', () => {
    const nightly = inPods.targets('CronJob/nightly').rendered();
    const one = pod('it')
      .of('CronJob/nightly')
      .carrying(older)
      .with({ createdAt: ago(120) });
    expect(
      writesOf(decide({ ...world(nightly, cronJob('nightly'), one), inForceSince: since }, NOW)),
    ).to.deep.equal([]);
  });
});

describe('a gate with placement Pod that is deleted', () => {
  const own = gate('first')
    .targets('pinger')
    .dependsOn(container('own'))
    .specifying({ placement: 'Pod' })
    .rendered();
  const stuck = pod('pinger-1').of('pinger').carrying(own).opened('own');

  it('has the Pods made anew that wait in a container of the user, since no rollout replaces them', () => {
    expect(writesOf(decide(world(own.deleting(), pinger, stuck), NOW))).to.deep.equal([
      'delete-pod pinger-1',
    ]);
    const left = own.specifying({ placement: 'Template' }).deleting();
    expect(writesOf(decide(world(left, pinger, stuck), NOW))).to.deep.equal(['remove-finalizer']);
  });
});
