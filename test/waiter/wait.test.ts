import { expect } from 'chai';
import type { Answer, Check } from '../../src/waiter/checks/check.ts';
import { type Result, type WaitEvent, type WaitOptions, wait } from '../../src/waiter/wait.ts';
import { ManualClock, settle } from './manual-clock.ts';

const OPTIONS: WaitOptions = {
  period: 2_000,
  timeout: 5_000,
  successThreshold: 1,
  overdueAfter: 300_000,
  onOverdue: 'wait',
};

const no = (answer: string): Answer => ({ satisfied: false, answer });
const yes = (answer: string): Answer => ({ satisfied: true, answer });

/** A wait under way, on a clock that the test moves. */
class Story {
  readonly clock = new ManualClock();
  readonly events: WaitEvent[] = [];
  /** When attempts began. */
  readonly attempts: number[] = [];
  readonly stop = new AbortController();
  opened = false;
  random = 0.5;
  /** Which part of a period passes after the first attempt. */
  first = 1;
  result: Result | undefined;

  constructor(check: Check, options: Partial<WaitOptions> = {}) {
    const running = wait(
      { ...OPTIONS, ...options },
      {
        check: (signal) => {
          this.attempts.push(this.clock.now());
          return check(signal);
        },
        clock: this.clock,
        random: () => (this.attempts.length === 1 ? this.first : this.random),
        log: (event) => this.events.push(event),
        isOpened: () => this.opened,
        signal: this.stop.signal,
      },
    );
    void running.then((result) => {
      this.result = result;
    });
  }

  /** The events in short: what they are, and the answer. */
  get told(): string[] {
    return this.events.map((event) =>
      event.is === 'ended' ? `${event.outcome}: ${event.answer}` : `${event.is}: ${event.answer}`,
    );
  }
}

/** Gives these answers in turn, the last one for ever. */
function answers(...all: readonly Answer[]): Check {
  const left = [...all];
  return async () => (left.length > 1 ? left.shift() : left[0]) ?? no('nothing');
}

const never: Check = () => new Promise(() => undefined);

describe('wait', () => {
  it('ends with the first attempt where the dependency is there', async () => {
    const story = new Story(answers(yes('10.0.0.1')));
    await settle();
    expect(story.result).to.deep.equal({ outcome: 'satisfied', attempts: 1, seconds: 0, answer: '10.0.0.1' });
    expect(story.told).to.deep.equal(['satisfied: 10.0.0.1']);
  });

  it('tells each change of the answer, not each attempt', async () => {
    const story = new Story(
      answers(no('NXDOMAIN'), no('NXDOMAIN'), no('SERVFAIL'), no('NXDOMAIN'), yes('10.0.0.1')),
    );
    await story.clock.advance(8_000);
    expect(story.told).to.deep.equal([
      'waiting: NXDOMAIN',
      'waiting: SERVFAIL',
      'waiting: NXDOMAIN',
      'satisfied: 10.0.0.1',
    ]);
    expect(story.result).to.deep.equal({
      outcome: 'satisfied',
      attempts: 5,
      seconds: 8,
      lastError: 'NXDOMAIN',
      answer: '10.0.0.1',
    });
  });

  it('begins an attempt each period, however long the one before took', async () => {
    const slow: Check = async (signal) => {
      await story.clock.sleep(500, signal);
      return no('slow');
    };
    const story: Story = new Story(slow);
    await story.clock.advance(6_000);
    expect(story.attempts).to.deep.equal([0, 2_000, 4_000, 6_000]);
  });

  it('begins the next attempt at once after one that took longer than the period', async () => {
    const story = new Story(never, { period: 2_000, timeout: 5_000 });
    await story.clock.advance(12_000);
    expect(story.attempts).to.deep.equal([0, 7_000, 12_000]);
  });

  for (const [random, second] of [
    [0, 1_800],
    [0.5, 2_000],
    [0.999, 2_199.6],
  ] as const) {
    it(`jitters the period by at most a tenth (random ${random})`, async () => {
      const story = new Story(answers(no('x')));
      story.random = random;
      await story.clock.advance(4_500);
      expect(story.attempts[2]).to.be.closeTo(2_000 + second, 0.001);
    });
  }

  it('begins the second attempt within a period after the first, whether that was answered or not', async () => {
    for (const [check, ended] of [
      [answers(no('x')), 0],
      [never, 5_000],
    ] as const) {
      const story = new Story(check);
      story.first = 0.1;
      await story.clock.advance(ended + 200);
      expect(story.attempts).to.deep.equal([0, ended + 200]);
    }
  });

  it('lets a period pass after a first attempt that counts towards the threshold', async () => {
    const story = new Story(answers(yes('up')), { successThreshold: 2 });
    story.first = 0.5;
    await story.clock.advance(2_000);
    expect(story.attempts).to.deep.equal([0, 2_000]);
  });

  it('gives up an attempt after its time, and tells the check to let go', async () => {
    const signals: AbortSignal[] = [];
    const story = new Story((signal) => {
      signals.push(signal);
      return never(signal);
    });
    await story.clock.advance(4_999);
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false]);
    await story.clock.advance(2_001);
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true, false]);
    expect(story.told).to.deep.equal(['waiting: timeout']);
  });

  it('tells the check to let go after an answer too', async () => {
    const signals: AbortSignal[] = [];
    new Story(async (signal) => {
      signals.push(signal);
      return yes('there');
    });
    await settle();
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
  });

  it('takes an error of the check as an answer and goes on', async () => {
    let attempts = 0;
    const story = new Story(async () => {
      if (++attempts === 1) throw new Error('no start line');
      return yes('there');
    });
    await story.clock.advance(2_000);
    expect(story.told).to.deep.equal(['waiting: no start line', 'satisfied: there']);
  });

  it('keeps answers short', async () => {
    const story = new Story(answers(yes('x'.repeat(10_000))));
    await settle();
    expect(story.result?.answer).to.have.length(300);
  });

  it('lets nothing through of an answer that steers a terminal or hides itself', async () => {
    const steering = 'HTTP\x07 \x1b[2J\x9b31m503\u202e \r\nforged: line';
    const story = new Story(answers(no(steering), yes(`${'\x1b[31m'.repeat(100)}up`)));
    await story.clock.advance(2_000);
    expect(story.told).to.deep.equal(['waiting: HTTP  503  forged: line', 'satisfied: up']);
    expect(story.result).to.include({ answer: 'up', lastError: 'HTTP  503  forged: line' });
  });

  it('needs as many successes in a row as it is told', async () => {
    const story = new Story(answers(yes('up'), no('down'), yes('up'), yes('up'), yes('up')), {
      successThreshold: 3,
    });
    story.first = 0.5;
    await story.clock.advance(6_000);
    expect(story.result).to.equal(undefined);
    await story.clock.advance(2_000);
    expect(story.result).to.include({ outcome: 'satisfied', attempts: 5, lastError: 'down' });
    expect(story.told).to.deep.equal(['waiting: up', 'waiting: down', 'waiting: up', 'satisfied: up']);
  });

  it('tells an answer that satisfies, but not yet often enough, apart from one that does not', async () => {
    const story = new Story(answers(no('up'), yes('up')), { successThreshold: 9 });
    await story.clock.advance(4_000);
    expect(story.events.map((event) => event.is !== 'ended' && event.satisfied)).to.deep.equal([false, true]);
  });

  it('says once that the dependency is overdue, and goes on', async () => {
    const story = new Story(answers(no('NXDOMAIN')), { overdueAfter: 10_000 });
    await story.clock.advance(60_000);
    expect(story.told).to.deep.equal(['waiting: NXDOMAIN', 'overdue: NXDOMAIN']);
    expect(story.events[1]).to.include({ seconds: 10 });
    expect(story.attempts.length).to.be.greaterThan(25);
    expect(story.result).to.equal(undefined);
  });

  it('ends when the dependency is overdue, if told so', async () => {
    const story = new Story(answers(no('NXDOMAIN')), { overdueAfter: 9_000, onOverdue: 'open' });
    await story.clock.advance(8_999);
    expect(story.result).to.equal(undefined);
    await story.clock.advance(1);
    expect(story.result).to.include({ outcome: 'overdue', seconds: 9, answer: 'NXDOMAIN' });
    expect(story.told.at(-1)).to.equal('overdue: NXDOMAIN');
  });

  it('ends at most 250 ms after it was opened, also in the midst of an attempt', async () => {
    const story = new Story(never, { timeout: 300_000 });
    await story.clock.advance(1_100);
    story.opened = true;
    await story.clock.advance(250);
    expect(story.result).to.deep.equal({ outcome: 'opened', attempts: 1, seconds: 1.25 });
  });

  it('lets nobody wait who was opened from the start', async () => {
    const story = new Story(never);
    story.opened = true;
    await story.clock.advance(250);
    expect(story.result?.outcome).to.equal('opened');
  });

  it('ends without any time passing when its signal aborts', async () => {
    const story = new Story(never);
    await story.clock.advance(700);
    story.stop.abort();
    await settle();
    expect(story.result).to.deep.equal({ outcome: 'stopped', attempts: 1, seconds: 0.7 });
  });

  for (const [how, act] of [
    ['satisfied', (story: Story) => story.clock.advance(4_000)],
    ['stopped', async (story: Story) => story.stop.abort()],
    [
      'opened',
      async (story: Story) => {
        story.opened = true;
        await story.clock.advance(250);
      },
    ],
  ] as const) {
    it(`leaves nothing running and says nothing more once ${how}`, async () => {
      const story = new Story(answers(no('a'), no('b'), yes('c')), { overdueAfter: 10_000 });
      await settle();
      await act(story);
      await settle();
      expect(story.result?.outcome).to.equal(how);
      const told = story.told.length;
      expect(story.clock.sleeping).to.equal(0);
      await story.clock.advance(60_000);
      expect(story.told).to.have.length(told);
    });
  }
});
