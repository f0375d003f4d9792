import { expect } from 'chai';
import type { Repair } from '../../../src/core/model.ts';
import { removalMark } from '../../../src/core/progress/dispute.ts';
import { ago, dns, gate, job, NOW, pod, workload } from '../builders.ts';
import { writesOf } from '../in-words.ts';
import { decided, type workloadWorld } from '../workload-world.ts';

const gone = gate('gone').dependsOn(dns('api'));
const other = gate('other').dependsOn(dns('db'));
const pinger = workload('pinger');
const heldPinger = pod('pinger-1').of('pinger').heldFor('gone');
const waiting = pod('pinger-1').of('pinger').carrying(gone).checking('api');

const swept = (...around: Parameters<typeof workloadWorld>) => writesOf(decided(...around));
/** Removals from pinger, so many ms ago each, the oldest first. */
const removals = (mark: string, ...ago: number[]): Repair[] =>
  ago.map((ms) => ({ target: 'Deployment/pinger', uid: 'uid-of-pinger', mark, at: NOW - ms }));
const FIVE = [5000, 4000, 3000, 2000, 1000];

describe('decideWorkload, of what gates that are gone have left', () => {
  it('takes it out', () => {
    expect(swept(pinger.carrying(gone))).to.deep.equal(['clean-target pinger']);
  });

  it('takes out what all of them have left in one patch, and the rest of ours with it', () => {
    const both = pinger.own('migrate').carrying(gone, other);
    const [write] = decided(both).writes;
    if (write?.do !== 'patch-workload') throw new Error(write?.do);
    expect(write.removals.map(({ gate }) => gate)).to.deep.equal(['gone', 'other']);
    expect(JSON.stringify(write.patch)).to.contain('"dependencygate.dev/gated":null');
  });

  it('opens the Pods that wait in it first', () => {
    expect(swept(pinger.carrying(gone), [], waiting)).to.deep.equal(['open-pod pinger-1']);
    expect(swept(pinger.carrying(gone), [], waiting.opened('api'))).to.deep.equal(['clean-target pinger']);
  });

  it('opens a Pod once for all of them, and not for those that exist', () => {
    const kept = gate('kept').targets('pinger').dependsOn(dns('api')).rendered();
    const all = pod('pinger-1').of('pinger').carrying(gone, other, kept);
    const [first] = decided(pinger.carrying(gone, other, kept), [kept], all).writes;
    expect(first).to.deep.include({
      do: 'open-pod',
      annotations: { 'open.dependencygate.dev/gone.api': '1', 'open.dependencygate.dev/other.db': '1' },
    });
  });

  it('leaves it where the template requires the gate: it is still to come', () => {
    expect(swept(pinger.requiring('gone').carrying(gone), [], waiting)).to.deep.equal([]);
  });

  it('does nothing for workloads that carry gates which are not to leave', () => {
    const kept = other.targets('pinger').rendered();
    expect(swept(pinger.carrying(kept), [kept])).to.deep.equal([]);
  });

  it('leaves Jobs alone, which never change', () => {
    expect(swept(job('migrate').carrying(gone))).to.deep.equal([]);
  });

  it('leaves names alone that no gate can have', () => {
    const template = pinger.workload.template;
    const annotations = { 'gate.dependencygate.dev/Not_A_Gate': 'x', 'gate.dependencygate.dev/a--b': 'x' };
    expect(swept(pinger.with({ template: { ...template, annotations } }))).to.deep.equal([]);
  });
});

describe('decideWorkload, where somebody puts back what it takes out', () => {
  const orphan = pinger.with({ otherManager: 'argocd' }).carrying(gone);
  const at = (repairs: readonly Repair[], now = NOW) => {
    const { writes, next } = decided(orphan, [], { repairs, now });
    return { writes: writesOf({ writes }), next };
  };
  const five = removals(removalMark('gone', undefined), ...FIVE);

  it('takes it out a handful of times without a word, then pauses', () => {
    expect(at(five.slice(1)).writes).to.deep.equal(['clean-target pinger']);
    expect(at(five)).to.deep.equal({ writes: [], next: 29_000 });
  });

  it('tries again after the pause', () => {
    expect(at(five, NOW + 29_000)).to.deep.equal({ writes: ['clean-target pinger'], next: undefined });
  });

  it('goes on with what nobody puts back', () => {
    const { writes, next } = decided(pinger.carrying(gone, other), [], { repairs: five });
    expect(writes.flatMap((write) => ('removals' in write ? write.removals : []))).to.deep.equal([
      { gate: 'other', mark: removalMark('other', undefined) },
    ]);
    expect(next).to.equal(29_000);
  });

  it('opens the Pods that wait in it all the same', () => {
    expect(writesOf(decided(orphan, [], waiting, { repairs: five }))).to.deep.equal(['open-pod pinger-1']);
  });

  it('takes what gates did while they existed for no dispute', () => {
    const deleted = FIVE.map((ago, time) =>
      removals(removalMark('gone', { uid: `${time}`, generation: 2 }), ago),
    );
    expect(at(deleted.flat()).writes).to.deep.equal(['clean-target pinger']);
  });

  const told = (more: Parameters<typeof decided>[2], now = NOW) =>
    decided(orphan, [], more, { now }).unattended.map(({ event }) => event);

  it('says who keeps bringing containers of which gate back, while the removal is put off', () => {
    const [event] = told({ repairs: five });
    expect(event).to.include({ type: 'Warning', reason: 'RemovalUndone' });
    expect(event?.note).to.match(/gate gone, which does not exist, back into Deployment pinger .*argocd/);
    expect(told({ repairs: five }, NOW + 29_000)).to.deep.equal([]);
    expect(told({ repairs: five.slice(1) })).to.deep.equal([]);
  });

  it('has nothing to say of a template that is clean, or that requires the gate', () => {
    expect(decided(pinger, [], { repairs: five }).unattended).to.deep.equal([]);
    expect(decided(pinger.requiring('gone').carrying(gone), [], { repairs: five }).unattended).to.deep.equal(
      [],
    );
  });

  for (const [isDeleted, why] of [
    [true, /which is deleted/],
    [false, /which does not name it/],
  ] as const) {
    it(`says it of a gate that exists, ${why.source}`, () => {
      const exists = gone.targets('poller').rendered().generation(3);
      const of = isDeleted ? exists.deleting() : exists;
      const undone = (mark: string) =>
        decided(orphan, [of], { repairs: removals(mark, ...FIVE) }).unattended.map(({ event }) => event);
      expect(undone(removalMark('gone', of.gate))[0]?.note).to.match(why);
      expect(undone(removalMark('gone', { ...of.gate, generation: 2 }))).to.deep.equal([]);
    });
  }
});

describe('decideWorkload, of Pods that are held', () => {
  const names = (...args: Parameters<typeof decided>) =>
    decided(...args).unattended.map(({ workload, event }) => `${workload.name} ${event.reason}`);

  it('tells those that wait for a gate that does not exist', () => {
    const held = pinger.requiring('gone');
    expect(names(held, [], heldPinger)).to.deep.equal(['pinger HeldWithoutGate']);
    expect(names(workload('poller'), [])).to.deep.equal([]);
    expect(decided(held, [], heldPinger).unattended[0]?.event.note).to.match(
      /gate gone, which does not exist: create it, or correct the label dependencygate.dev\/require$/,
    );
  });

  it('tells what lets a Job go on whose gate was deleted while it ran', () => {
    const held = pod('migrate-1').of('Job/migrate').heldFor('gone');
    expect(decided(job('migrate').requiring('gone'), [], held).unattended[0]?.event.note).to.match(
      /^Pods of Job migrate are held for gate gone, .* or suspend the Job, take the label .* off .*, and resume it$/,
    );
  });

  it('tells those that a gate which exists does not name', () => {
    const held = pinger.requiring('gone');
    const elsewhere = gone.targets('poller').rendered();
    expect(names(held, [elsewhere], heldPinger)).to.deep.equal(['pinger HeldByOtherGate']);
    expect(decided(held, [elsewhere], heldPinger).unattended[0]?.event.note).to.match(
      /does not name it as a target: name it there, or/,
    );
    expect(names(held, [gone.targets('pinger').rendered()], heldPinger)).to.deep.equal([]);
    expect(names(held, [elsewhere.deleting()], heldPinger)).to.deep.equal([]);
  });

  it('waits a moment before it tells anything, since a gate may come in the same apply, after the Pods', () => {
    const young = heldPinger.with({ createdAt: ago(4) });
    const { unattended, next } = decided(pinger.requiring('gone'), [], young);
    expect(unattended).to.deep.equal([]);
    expect(next).to.equal(6000);
    expect(names(pinger.requiring('gone'), [], young, { now: NOW + 6000 })).to.deep.equal([
      'pinger HeldWithoutGate',
    ]);
    expect(names(pinger.requiring('gone'), [], young, heldPinger)).to.deep.equal(['pinger HeldWithoutGate']);
  });

  it('does not mind Pods that are held for gates which are coming', () => {
    const held = pod('pinger-1').of('pinger').heldFor('other');
    expect(names(pinger.requiring('other'), [other.targets('pinger')], held)).to.deep.equal([]);
  });
});

describe('decideWorkload, of Pods of a Job that are held', () => {
  const migrate = job('migrate').requiring('a', 'b');
  const released = migrate.with({ wasReleased: true });
  const held = pod('migrate-x').of('Job/migrate').heldFor('a', 'b');
  const naming = (name: string) => gate(name).targets('Job/migrate').dependsOn(dns('api')).rendered();

  it('lets them go where all that they lack was deleted since it was let go itself', () => {
    const { writes } = decided(released, [], held);
    expect(writesOf({ writes })).to.deep.equal(['release-pod migrate']);
    expect(writes[0]).to.deep.include({ gates: ['a', 'b'] });
  });

  it('keeps them while one of these is there, names it or not, or is being deleted', () => {
    const others = [naming('a'), gate('a').targets('other').dependsOn(dns('api')), naming('a').deleting()];
    for (const one of others) expect(swept(released, [one], held)).to.deep.equal([]);
  });

  it('keeps those whose Job was never let go: the gate is to come', () => {
    expect(swept(migrate, [], held)).to.deep.equal([]);
  });

  it('keeps those of other workloads, which are replaced', () => {
    const other = pinger.requiring('gone').with({ wasReleased: true });
    expect(swept(other, [], heldPinger)).to.deep.equal([]);
  });

  it('does nothing about Pods that are not held', () => {
    expect(swept(released, [], pod('migrate-x').of('Job/migrate'))).to.deep.equal([]);
  });
});
