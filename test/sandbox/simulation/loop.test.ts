import { expect } from 'chai';
import { startLoop } from '../../../src/sandbox/simulation/loop.ts';
import { ManualClock } from './manual-clock.ts';

describe('startLoop', () => {
  function build(pass: (key: string) => Promise<number | undefined> | Promise<void> = async () => {}) {
    const clock = new ManualClock();
    const ending = new AbortController();
    const passes: string[] = [];
    const loop = startLoop(
      async (key) => {
        passes.push(key);
        return (await pass(key)) ?? undefined;
      },
      { clock, random: () => 0.5, signal: ending.signal },
    );
    return { clock, ending, passes, loop };
  }

  it('makes one more pass, not many, for a key that is woken during its pass', async () => {
    const { clock, passes, loop } = build((key) => {
      if (passes.length === 1) for (let times = 0; times < 3; times++) loop.add(key);
      return Promise.resolve();
    });
    loop.add('a');
    await clock.advance(1000);
    expect(passes).to.deep.equal(['a', 'a']);
  });

  it('never makes two passes of a key at a time, but does of two keys', async () => {
    let most = 0;
    const under = new Map<string, number>();
    const { clock, loop } = build(async (key) => {
      under.set(key, (under.get(key) ?? 0) + 1);
      most = Math.max(most, under.get(key) ?? 0);
      await clock.sleep(100, new AbortController().signal);
      under.set(key, (under.get(key) ?? 0) - 1);
    });
    loop.add('a');
    loop.add('b');
    await clock.advance(50);
    loop.add('a');
    expect([...under.values()]).to.deep.equal([1, 1]);
    await clock.advance(1000);
    expect(most).to.equal(1);
  });

  it('tries a failed pass again after a while', async () => {
    const { clock, passes, loop } = build(async () => {
      if (passes.length < 3) throw Object.assign(new Error('conflict'), { status: 409 });
    });
    loop.add('a');
    await clock.advance(100);
    expect(passes).to.have.length(1);
    await clock.advance(1000);
    expect(passes).to.have.length(3);
  });

  it('looks at a key again when the reconcile says so, once', async () => {
    const { clock, passes, loop } = build(async () => (passes.length === 1 ? clock.now() + 2000 : undefined));
    loop.add('a');
    await clock.advance(1500);
    expect(passes).to.deep.equal(['a']);
    await clock.advance(5000);
    expect(passes).to.deep.equal(['a', 'a']);
    expect(clock.sleepers).to.equal(0);
  });

  it('does nothing any more once it is ended', async () => {
    const { clock, ending, passes, loop } = build(async () => clock.now() + 1000);
    loop.add('a');
    await clock.advance(100);
    ending.abort();
    loop.add('b');
    expect(clock.sleepers).to.equal(0);
    await clock.advance(2000);
    expect(passes).to.deep.equal(['a']);
  });
});
