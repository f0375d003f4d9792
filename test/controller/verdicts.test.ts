import { expect } from 'chai';
import { Verdicts } from '../../src/controller/verdicts.ts';
import { ManualClock } from '../kube/manual-clock.ts';

describe('Verdicts', () => {
  it('are so many at most, of each kind', () => {
    const verdicts = new Verdicts(new ManualClock());
    for (let index = 0; index < 10_000; index++) {
      verdicts.set(`a${index}`, 'allowed');
      verdicts.set(`f${index}`, 'forbidden');
      verdicts.set(`u${index}`, 'unauthenticated');
    }
    expect(verdicts.size).to.equal(64 + 256);
    expect(verdicts.get('a9999')).to.equal('allowed');
    expect(verdicts.get('u9999')).to.equal('unauthenticated');
  });

  it('go once they hold no more, when others come', async () => {
    const clock = new ManualClock();
    const verdicts = new Verdicts(clock);
    for (let index = 0; index < 50; index++) verdicts.set(`u${index}`, 'unauthenticated');
    await clock.advance(10_000);
    verdicts.set('u', 'unauthenticated');
    expect(verdicts.size).to.equal(1);
  });

  it('are the last of a token: who is let in no more is let in no more', () => {
    const verdicts = new Verdicts(new ManualClock());
    verdicts.set('a', 'allowed');
    verdicts.set('a', 'forbidden');
    expect(verdicts.get('a')).to.equal('forbidden');
    verdicts.set('a', 'allowed');
    expect(verdicts.get('a')).to.equal('allowed');
  });

  it('hold no longer where the clock is set back', () => {
    let now = 1_000_000;
    const verdicts = new Verdicts({ now: () => now });
    verdicts.set('a', 'allowed');
    now = 0;
    expect(verdicts.get('a')).to.equal(undefined);
  });
});
