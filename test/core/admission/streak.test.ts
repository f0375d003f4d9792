import { expect } from 'chai';
import fc from 'fast-check';
import { extend, IDLE_AFTER, isIdle, type Streak, UNTRIED } from '../../../src/core/admission/streak.ts';
import type { Finding } from '../../../src/core/admission/written.ts';

type Told = readonly [Finding, at: number];
const streakOf = (...all: readonly Told[]): Streak =>
  all.reduce((streak, [finding, at]) => extend(streak, finding, at), UNTRIED);

describe('isIdle', () => {
  const three: Told[] = [
    ['skipped', 1],
    ['skipped', 2],
    ['skipped', 3],
  ];

  it('is a policy after three targets in a row without the containers, and not before', () => {
    expect(isIdle(UNTRIED)).to.equal(false);
    expect(isIdle(streakOf(...three.slice(1)))).to.equal(false);
    expect(isIdle(streakOf(...three))).to.equal(true);
  });

  it('is none any more after one that came with them', () => {
    expect(isIdle(streakOf(...three, ['placed', 4]))).to.equal(false);
    expect(isIdle(streakOf(...three, ['placed', 4], ['skipped', 5], ['skipped', 6]))).to.equal(false);
    expect(isIdle(streakOf(['placed', 2], ...three)), 'two of them before it').to.equal(false);
  });

  it('does not depend on the order in which writes of different times are told', () => {
    const told = fc.uniqueArray(
      fc.tuple(fc.constantFrom<Finding>('placed', 'skipped'), fc.integer({ min: 1, max: 50 })),
      { maxLength: 12, selector: ([, at]) => at },
    );
    fc.assert(
      fc.property(told, (all) => {
        const sorted = all.toSorted(([, a], [, b]) => a - b);
        const since = sorted.findLastIndex(([finding]) => finding === 'placed');
        const wanted = sorted.length - 1 - since >= IDLE_AFTER;
        expect(isIdle(streakOf(...all))).to.equal(wanted);
        expect(streakOf(...all).skipped.length).to.be.at.most(IDLE_AFTER);
      }),
    );
  });
});
