import { expect } from 'chai';
import { holdOf } from '../../../src/core/progress/held.ts';
import { dns, gate, NOW, pod, statefulSet, workload, world } from '../builders.ts';
import { conditionOf, messageOf } from '../in-words.ts';
import { decide } from '../simulate.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api')).rendered();
const held = pod('pinger-1').of('pinger').heldFor('api-first');
const passed = pod('pinger-2').of('pinger').carrying(apiFirst).open();
const pinger = workload('pinger').requiring('api-first');
const gated = pinger.carrying(apiFirst);

describe('holdOf', () => {
  it('is nothing where nothing is held, or what made the Pods is gone', () => {
    expect(holdOf(gated.workload, [], { hasNew: false })).to.equal(undefined);
    expect(holdOf(undefined, [held.pod], { hasNew: false })).to.equal(undefined);
  });

  it('names the gates that the template lacks, each once, and no other', () => {
    const both = pod('pinger-1').of('pinger').heldFor('api-first', 'db-first', 'z').pod;
    expect(holdOf(gated.workload, [both, both], { hasNew: false })).to.deep.equal({
      reason: 'HeldWithoutGates',
      message: 'Pods of Deployment pinger are held until its Pod template carries gates db-first, z',
    });
  });

  it('is a pause for as long as no new Pod was made', () => {
    const paused = gated.with({ paused: true }).workload;
    expect(holdOf(paused, [held.pod], { hasNew: false })?.reason).to.equal('HeldWhilePaused');
    expect(holdOf(paused, [held.pod], { hasNew: true })).to.equal(undefined);
  });

  it('is a partition for the Pods below it', () => {
    const db = statefulSet('db').requiring('api-first').carrying(apiFirst).partition(1).workload;
    const of = (name: string) => pod(name).of('StatefulSet/db').heldFor('api-first').pod;
    expect(holdOf(db, [of('db-0'), of('db-1')], { hasNew: true })?.reason).to.equal('HeldBelowPartition');
    expect(holdOf(db, [of('db-1')], { hasNew: true })).to.equal(undefined);
  });
});

describe('the condition Open, with Pods that are held', () => {
  const open = (...around: Parameters<typeof world>) =>
    conditionOf(decide(world(...around), NOW).status, 'Open');

  it('is that of the new Pods once there are some: held ones are older and count for nothing', () => {
    expect(open(apiFirst, gated, held, passed)).to.equal('True AllPassed');
    const waiting = pod('pinger-2').of('pinger').carrying(apiFirst).checking('api');
    expect(open(apiFirst, gated, held, waiting)).to.equal('False Waiting');
  });

  it('is unknown while there are none, and Held where none will come by itself', () => {
    expect(open(apiFirst, gated, held)).to.equal('Unknown NoPodYet');
    expect(open(apiFirst, gated.with({ paused: true }), held)).to.equal('False Held');
    expect(open(apiFirst, pinger, held)).to.equal('False Held');
  });

  it('is Held where another target has passed', () => {
    const both = gate('api-first').targets('pinger', 'poller').dependsOn(dns('api')).rendered();
    const poller = workload('poller').carrying(both);
    const passes = pod('poller-1').of('poller').carrying(both).open();
    const { status } = decide(world(both, pinger, held, poller, passes), NOW);
    expect(messageOf(status, 'Open')).to.match(/^Pods of Deployment pinger are held until/);
    expect(conditionOf(status, 'Open')).to.equal('False Held');
  });

  it('is Held in each gate of a Pod that is held for another one, which it does not wait for', () => {
    const other = gate('other').targets('pinger').dependsOn(dns('db')).rendered();
    const both = pinger.requiring('api-first', 'other');
    const half = pod('pinger-1').of('pinger').carrying(apiFirst).heldFor('api-first', 'other');
    const { status } = decide(world(apiFirst, both.carrying(apiFirst), half), NOW);
    expect(messageOf(status, 'Open')).to.match(/until its Pod template carries gate other$/);
    expect(status?.pods).to.include({ held: 1, total: 0, waiting: 0, older: 0, ungated: 0 });
    const whole = both.carrying(apiFirst, other);
    expect(open(apiFirst, whole, half)).to.equal('Unknown NoPodYet');
    const through = pod('pinger-2').of('pinger').carrying(apiFirst, other).open();
    expect(open(apiFirst, whole, half, through)).to.equal('True AllPassed');
  });

  it('says so of the target too, for programs and for people', () => {
    const { status } = decide(world(apiFirst, gated.with({ paused: true }), held), NOW);
    expect(status?.targets?.[0]).to.include({ state: 'Current', held: 1, reason: 'HeldWhilePaused' });
    expect(status?.targets?.[0]?.message).to.match(/^Deployment pinger is paused/);
  });
});
