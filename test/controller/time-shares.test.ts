import { expect } from 'chai';
import { TimeShares } from '../../src/controller/time-shares.ts';
import { ManualClock } from '../kube/manual-clock.ts';

describe('TimeShares', () => {
  it('let each namespace use 3 s, and then as much as comes back: a twentieth of the time', async () => {
    const clock = new ManualClock();
    const shares = new TimeShares(clock);
    shares.spend('a', 3000);
    expect([shares.waitMs('a'), shares.waitMs('b')]).to.deep.equal([0, 0]);
    shares.spend('a', 100);
    expect(shares.waitMs('a')).to.equal(2000);
    expect(shares.waitMs('b')).to.equal(0);
    await clock.advance(1999);
    expect(shares.waitMs('a')).to.equal(1);
    await clock.advance(1);
    expect(shares.waitMs('a')).to.equal(0);
    shares.spend('a', 50);
    expect(shares.waitMs('a')).to.equal(1000);
  });

  it('forget a namespace once all that it used has come back', async () => {
    const clock = new ManualClock();
    const shares = new TimeShares(clock);
    for (const namespace of ['a', 'b', 'c']) shares.spend(namespace, 1000);
    shares.spend('d', 0);
    expect(shares.size).to.equal(3);
    await clock.advance(20_000);
    shares.spend('d', 1);
    expect(shares.size).to.equal(1);
  });
});
