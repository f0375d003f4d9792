import { expect } from 'chai';
import { pause } from '../../src/kube/pause.ts';
import { ManualClock, settled } from './manual-clock.ts';

describe('pause', () => {
  let clock: ManualClock;
  let stop: AbortController;
  let isOver: boolean;
  beforeEach(() => {
    clock = new ManualClock();
    stop = new AbortController();
    isOver = false;
  });

  async function begin(ms: number): Promise<void> {
    void pause(clock, ms, stop.signal).then(() => {
      isOver = true;
    });
    await settled();
  }

  it('ends after its time and not before', async () => {
    await begin(100);
    await clock.advance(99);
    expect(isOver).to.equal(false);
    await clock.advance(1);
    expect(isOver).to.equal(true);
  });

  it('ends with the signal, and leaves no timer', async () => {
    await begin(100);
    stop.abort();
    await settled();
    expect(isOver).to.equal(true);
    expect(clock.pending).to.deep.equal([]);
  });

  it('does not listen to the signal any longer than it takes', async () => {
    const { signal } = stop;
    const heard: string[] = [];
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...all: Parameters<typeof add>) => {
      heard.push('add');
      add(...all);
    };
    signal.removeEventListener = (...all: Parameters<typeof remove>) => {
      heard.push('remove');
      remove(...all);
    };
    await begin(100);
    await clock.advance(100);
    expect(heard).to.deep.equal(['add', 'remove']);
  });

  it('is none of 0 ms, or after the signal', async () => {
    await begin(0);
    expect(isOver).to.equal(true);
    isOver = false;
    stop.abort();
    await begin(100);
    expect(isOver).to.equal(true);
    expect(clock.pending).to.deep.equal([]);
  });
});
