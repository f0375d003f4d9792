import { expect } from 'chai';
import fc from 'fast-check';
import {
  holding,
  isHeld,
  type LeaseRecord,
  moveOf,
  NOTHING_SEEN,
  nextLook,
  type Standing,
  seeing,
  TIMINGS,
} from '../../../src/kube/election/lease-standing.ts';
import { type Candidate, simulate } from './simulated-election.ts';

const ME = 'me';
const lease = (holder: string, resourceVersion = '1', durationMs = 15_000): LeaseRecord => ({
  ...{ holder, durationMs, resourceVersion },
  transitions: 0,
  acquireTime: undefined,
});
const seen = (holder: string, since: number): Standing => ({
  seen: { record: lease(holder), since },
  heldSince: undefined,
});

describe('moveOf', () => {
  const table: readonly (readonly [what: string, standing: Standing, now: number, move: string])[] = [
    ['there is no Lease', NOTHING_SEEN, 0, 'create'],
    ['it was given back', seen('', 0), 0, 'take'],
    ["it is another's and new", seen('other', 0), 14_999, 'wait'],
    ["it is another's and has not changed for its time", seen('other', 0), 15_000, 'take'],
    ['it is its own', seen(ME, 0), 1, 'renew'],
    ['it is its own and its time is over', seen(ME, 0), 99_000, 'renew'],
  ];
  for (const [what, standing, now, move] of table)
    it(`is to ${move} where ${what}`, () => expect(moveOf(standing, ME, now, TIMINGS).do).to.equal(move));

  it("goes by the time that the Lease itself names, and by one's own clock since it was first read so", () => {
    const first = seeing(NOTHING_SEEN, lease('other', '1', 30_000), ME, 100);
    const again = seeing(first, lease('other', '1', 30_000), ME, 20_000);
    expect(moveOf(again, ME, 30_099, TIMINGS).do).to.equal('wait');
    expect(moveOf(again, ME, 30_100, TIMINGS).do).to.equal('take');
    const renewed = seeing(first, lease('other', '2', 30_000), ME, 20_000);
    expect(moveOf(renewed, ME, 49_999, TIMINGS).do).to.equal('wait');
    expect(moveOf(renewed, ME, 50_000, TIMINGS).do).to.equal('take');
  });

  it("takes it no sooner than one's own would end, whatever somebody has edited", () => {
    for (const durationMs of [0, 1000, -5000]) {
      const edited = seeing(NOTHING_SEEN, lease('other', '1', durationMs), ME, 0);
      expect(moveOf(edited, ME, 14_999, TIMINGS).do).to.equal('wait');
      expect(moveOf(edited, ME, 15_000, TIMINGS).do).to.equal('take');
    }
  });
});

describe('isHeld', () => {
  it('is so for as long as it may be renewed after the request was sent, and not after its answer', () => {
    const held = holding(lease(ME), 1000, 4000);
    expect(isHeld(held, 10_999, TIMINGS)).to.equal(true);
    expect(isHeld(held, 11_000, TIMINGS)).to.equal(false);
  });

  it('ends where another name is read, or none, and not where the Lease is gone or is the same', () => {
    const held = holding(lease(ME), 0, 0);
    const heldAfter = (record: LeaseRecord | undefined) => isHeld(seeing(held, record, ME, 1), 1, TIMINGS);
    expect(heldAfter(lease('other', '2'))).to.equal(false);
    expect(heldAfter(lease('', '2'))).to.equal(false);
    expect(heldAfter(undefined)).to.equal(true);
    expect(heldAfter(lease(ME, '2'))).to.equal(true);
  });

  it('is so for nobody who has only seen', () => {
    expect(isHeld(seeing(NOTHING_SEEN, lease(ME), ME, 0), 0, TIMINGS)).to.equal(false);
  });
});

describe('nextLook', () => {
  it('is after a pause, or when the time of another is over', () => {
    expect(nextLook(NOTHING_SEEN, ME, 0, TIMINGS)).to.equal(2000);
    expect(nextLook(seen(ME, 0), ME, 14_000, TIMINGS)).to.equal(2000);
    expect(nextLook(seen('other', 0), ME, 1000, TIMINGS)).to.equal(2000);
    expect(nextLook(seen('other', 0), ME, 14_500, TIMINGS)).to.equal(500);
    expect(nextLook(seen('other', 0), ME, 20_000, TIMINGS)).to.equal(0);
  });
});

describe('an election among several', function () {
  this.timeout(60_000);

  const trip = fc.record({
    out: fc.integer({ min: 0, max: 12_000 }),
    back: fc.integer({ min: 0, max: 12_000 }),
    isAnswerLost: fc.boolean(),
  });
  const candidate = (fastest: number): fc.Arbitrary<Candidate> =>
    fc.record({
      rate: fc.double({ min: 1, max: fastest, noNaN: true }),
      offset: fc.integer({ min: 0, max: 1_000_000 }),
      trips: fc.array(trip, { minLength: 1, maxLength: 8 }),
      diesAt: fc.integer({ min: 0, max: 200_000 }),
    });
  const several = (fastest: number) => fc.array(candidate(fastest), { minLength: 2, maxLength: 4 });

  it('never has two leaders, whatever is slow or lost, while clocks differ by less than a half', () => {
    fc.assert(
      fc.property(several(1.49), (candidates) => {
        expect(simulate(candidates, 200_000).clashes).to.deep.equal([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('has two at times where one clock is twice as fast as another, so that the above can fail', () => {
    const reliable = (rate: number): Candidate => ({
      ...{ rate, offset: 0, diesAt: Number.POSITIVE_INFINITY },
      trips: [{ out: 1, back: 1, isAnswerLost: false }],
    });
    const slow: Candidate = {
      ...reliable(1),
      trips: [
        ...Array(2).fill({ out: 1, back: 1, isAnswerLost: false }),
        { out: 9000, back: 9000, isAnswerLost: true },
      ],
    };
    expect(simulate([slow, reliable(2)], 60_000).clashes).not.to.be.empty;
  });

  it('has a next leader where the first has gone, once its time is over', () => {
    const answers = [{ out: 5, back: 5, isAnswerLost: false }];
    const alike = { rate: 1, offset: 0, trips: answers };
    const { leaders, clashes } = simulate(
      [
        { ...alike, diesAt: 30_000 },
        { ...alike, diesAt: Number.POSITIVE_INFINITY },
      ],
      30_000 + 15_000 + 2000 + 100,
    );
    expect(leaders).to.deep.equal(['c0', 'c1']);
    expect(clashes).to.be.empty;
  });
});
