import { expect } from 'chai';
import type { Repair } from '../../../src/core/model.ts';
import { additionMark, DISPUTE_WINDOW_MS, dispute, removalMark } from '../../../src/core/progress/dispute.ts';
import { dns, gate, NOW, workload, world } from '../builders.ts';
import { conditionOf, messageOf, writesOf } from '../in-words.ts';
import { decide } from '../simulate.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api')).rendered();
const mark = additionMark(apiFirst.gate, apiFirst.render, { sources: {} });
const MINUTE = 60_000;

/** Repairs of pinger, so many ms ago each, the oldest first. */
const repairs = (...ago: number[]): Repair[] =>
  ago.map((ms) => ({ target: 'Deployment/pinger', uid: 'uid-of-pinger', mark, at: NOW - ms }));
const five = repairs(5000, 4000, 3000, 2000, 1000);
const found = (made: readonly Repair[], uid = 'uid-of-pinger', of = mark) => dispute(made, uid, of, NOW);

describe('dispute', () => {
  it('is none for a handful of repairs', () => {
    expect(found(repairs(4000, 3000, 2000, 1000))).to.equal(undefined);
    expect(found([])).to.equal(undefined);
  });

  it('begins with the fifth, and pauses for half a minute after it', () => {
    expect(found(five)?.retryAt).to.equal(NOW - 1000 + 30_000);
  });

  it('doubles the pauses up to five minutes', () => {
    const pauses = [5, 6, 7, 8, 9, 20].map((count) => {
      const made = repairs(...Array.from({ length: count }, () => 0));
      return ((found(made)?.retryAt ?? 0) - NOW) / 1000;
    });
    expect(pauses).to.deep.equal([30, 60, 120, 240, 300, 300]);
  });

  it('counts neither other targets, nor other renders, nor what is long past', () => {
    expect(found(five, 'uid-of-poller')).to.equal(undefined);
    expect(found(five, 'uid-of-pinger', 'new')).to.equal(undefined);
    expect(found(repairs(DISPUTE_WINDOW_MS, 4000, 3000, 2000, 1000))).to.equal(undefined);
  });

  it('goes on while the longest pauses are kept', () => {
    expect(found(repairs(20 * MINUTE, 15 * MINUTE, 10 * MINUTE, 5 * MINUTE, 0))).to.not.equal(undefined);
  });

  it('ends when the repair that made it one is long past', () => {
    expect(found(repairs(9000, 5000, 4000, 3000, 2000, 1000))?.endsAt).to.equal(
      NOW - 5000 + DISPUTE_WINDOW_MS,
    );
  });
});

describe('decide, when somebody else undoes its patches', () => {
  const undone = workload('pinger').with({ otherManager: 'rogue' });
  const at = (now: number) => decide({ ...world(apiFirst, undone), repairs: five }, now);

  it('pauses, and says who it is and what to do', () => {
    const plan = at(NOW);
    expect(plan.writes).to.deep.equal([]);
    expect(conditionOf(plan.status, 'Stalled')).to.equal('True Conflict');
    expect(messageOf(plan.status, 'Stalled')).to.match(/Deployment pinger \(last written by rogue\)/);
    expect(plan.next).to.equal(29_000);
  });

  it('names the order that is undone, and that admission does it', () => {
    const left = ['wrong order: migrate comes before dgate-api-first--api'] as const;
    const inVain = five.map((one) => ({ ...one, why: left, left }));
    const plan = decide({ ...world(apiFirst, undone), repairs: inVain }, NOW);
    expect(messageOf(plan.status, 'Stalled')).to.match(
      /Deployment pinger \(by an admission webhook or policy.*\): wrong order: migrate comes before dgate-api-first--api;/,
    );
  });

  it('does not take a target that is made again again and again for one that somebody undoes', () => {
    const again = world(apiFirst, undone.with({ uid: 'uid-of-the-next-one' }));
    const plan = decide({ ...again, repairs: five }, NOW);
    expect(writesOf(plan)).to.deep.equal(['patch-target pinger']);
    expect(conditionOf(plan.status, 'Stalled')).to.equal(undefined);
  });

  it('tries again after the pause', () => {
    expect(writesOf(at(NOW + 29_000))).to.deep.equal(['patch-target pinger']);
  });

  it('stays stalled while it is repaired for the moment, and not for ever', () => {
    const repaired = { ...world(apiFirst, undone.carrying(apiFirst)), repairs: five };
    expect(conditionOf(decide(repaired, NOW).status, 'Stalled')).to.equal('True Conflict');
    expect(conditionOf(decide(repaired, NOW + DISPUTE_WINDOW_MS).status, 'Stalled')).to.equal(undefined);
  });
});

describe('decide, when somebody puts back what it takes out', () => {
  const removed = repairs(5000, 4000, 3000, 2000, 1000).map((one) => ({
    ...one,
    mark: removalMark('api-first', apiFirst.gate),
  }));
  const carrying = workload('pinger').carrying(apiFirst);

  it('pauses where a gate that exists no longer names it, and not for long', () => {
    const left = { ...world(apiFirst.targets('poller'), carrying), repairs: removed };
    expect(writesOf(decide(left, NOW))).to.deep.equal([]);
    expect(decide(left, NOW).next).to.equal(29_000);
    expect(writesOf(decide(left, NOW + 29_000))).to.deep.equal(['clean-target pinger']);
  });

  it('keeps a deleted gate until its last container is out', () => {
    const deleted = { ...world(apiFirst.deleting(), carrying), repairs: removed };
    expect(decide(deleted, NOW)).to.deep.equal({ writes: [], status: undefined, next: 29_000 });
    expect(writesOf(decide(deleted, NOW + 29_000))).to.deep.equal(['clean-target pinger']);
  });

  it('does not pause for a gate that was changed since: its people may name and leave a target often', () => {
    const changed = { ...world(apiFirst.targets('poller').generation(2), carrying), repairs: removed };
    expect(writesOf(decide(changed, NOW))).to.deep.equal(['clean-target pinger']);
  });
});
