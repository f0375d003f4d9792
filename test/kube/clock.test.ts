import { expect } from 'chai';
import { systemClock } from '../../src/kube/clock.ts';
import { ManualClock } from './manual-clock.ts';

describe('systemClock.after', () => {
  it('runs after the time, and not when it was cancelled', async () => {
    const ran: string[] = [];
    const cancel = systemClock.after(1, () => ran.push('cancelled'));
    cancel();
    await new Promise<void>((resolve) => {
      systemClock.after(5, () => {
        ran.push('kept');
        resolve();
      });
    });
    expect(ran).to.deep.equal(['kept']);
  });

  it('takes a time that is too long for a timer as very long, not as none', async () => {
    let early = false;
    const cancel = systemClock.after(2 ** 40, () => {
      early = true;
    });
    await new Promise<void>((resolve) => systemClock.after(20, resolve));
    cancel();
    expect(early).to.equal(false);
  });
});

describe('ManualClock.advance', () => {
  it('runs timers in their order, also those that were set meanwhile', async () => {
    const clock = new ManualClock();
    const ran: string[] = [];
    clock.after(20, () => ran.push('b'));
    clock.after(10, () => {
      ran.push('a');
      clock.after(5, () => ran.push('a+5'));
    });
    clock.after(31, () => ran.push('late'));
    await clock.advance(30);
    expect(ran).to.deep.equal(['a', 'a+5', 'b']);
    expect(clock.pending).to.deep.equal([1]);
  });
});
