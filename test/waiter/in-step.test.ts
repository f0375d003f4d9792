import { expect } from 'chai';
import fc from 'fast-check';
import type { Check } from '../../src/waiter/checks/check.ts';
import { wait } from '../../src/waiter/wait.ts';
import { ManualClock } from './manual-clock.ts';

const WAITERS = 100;
const PERIOD = 2_000;
const TIMEOUT = 5_000;
const WINDOW = 100;
/** Four times the mean, which waiters at random moments never come to; those that were in step would (five times, or all). */
const MOST = (4 * WAITERS * WINDOW) / PERIOD;

const LASTS = { answered: 3 * PERIOD, unanswered: 2 * TIMEOUT + PERIOD };
const CHECKS: Readonly<Record<keyof typeof LASTS, Check>> = {
  answered: async () => ({ satisfied: false, answer: 'NXDOMAIN' }),
  unanswered: () => new Promise(() => undefined),
};

/** When attempts of waiters begin that all start at 0. */
async function attemptsOf(kind: keyof typeof LASTS, random: () => number): Promise<readonly number[]> {
  const clock = new ManualClock();
  const stop = new AbortController();
  const began: number[] = [];
  const waits = Array.from({ length: WAITERS }, () =>
    wait(
      { period: PERIOD, timeout: TIMEOUT, successThreshold: 1, overdueAfter: 3_600_000, onOverdue: 'wait' },
      {
        check: (signal) => {
          began.push(clock.now());
          return CHECKS[kind](signal);
        },
        clock,
        random,
        log: () => undefined,
        isOpened: () => false,
        signal: stop.signal,
      },
    ),
  );
  await clock.advance(LASTS[kind]);
  stop.abort();
  await Promise.all(waits);
  return began;
}

/** Numbers that look random, the same for the same seed (a linear congruential generator, as in Numerical Recipes). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('many waits that begin at one moment', () => {
  for (const kind of ['answered', 'unanswered'] as const)
    it(`are out of step from their second attempts on, ${kind}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const began = await attemptsOf(kind, randomFrom(seed));
          const later = began.slice(WAITERS);
          expect(later.length).to.be.at.least(WAITERS);
          const inWindows = later.map(
            (from) => later.filter((at) => at >= from && at < from + WINDOW).length,
          );
          expect(Math.max(...inWindows)).to.be.at.most(MOST);
        }),
        { numRuns: 3 },
      );
    }).timeout(20_000);
});
