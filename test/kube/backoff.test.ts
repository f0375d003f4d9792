import { expect } from 'chai';
import fc from 'fast-check';
import { Backoff, backoffMs } from '../../src/kube/backoff.ts';
import { ManualClock } from './manual-clock.ts';

const limits = { baseMs: 500, maxMs: 300_000 };

describe('backoffMs', () => {
  it('doubles with each failure up to the limit', () => {
    const delays = [1, 2, 3, 10, 11, 5000].map((failures) => backoffMs(failures, limits, () => 0));
    expect(delays).to.deep.equal([500, 1000, 2000, 256_000, 300_000, 300_000]);
  });

  it('takes up to a half off, at the limit too', () => {
    const failures = fc.integer({ min: 1, max: 100 });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(failures, random, (count, value) => {
        const full = backoffMs(count, limits, () => 0);
        const delay = backoffMs(count, limits, () => value);
        expect(delay).to.be.within(full / 2, full);
        if (value > 0.01) expect(delay).to.be.below(full);
      }),
    );
  });
});

describe('Backoff.next', () => {
  it('goes from 0.8 to 30 s', () => {
    const backoff = new Backoff(new ManualClock(), () => 0);
    const delays = Array.from({ length: 8 }, () => backoff.next());
    expect(delays).to.deep.equal([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('begins again after two minutes without a failure, and not before', async () => {
    const clock = new ManualClock();
    const backoff = new Backoff(clock, () => 0);
    backoff.next();
    await clock.advance(120_000);
    expect(backoff.next()).to.equal(1600);
    await clock.advance(120_001);
    expect(backoff.next()).to.equal(800);
  });
});
