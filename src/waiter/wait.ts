import { plain } from '../api/plain.ts';
import type { Answer, Check } from './checks/check.ts';
import type { Clock } from './wait-clock.ts';

/** How to wait. Times are in milliseconds. */
export interface WaitOptions {
  /** From the start of one attempt to the start of the next, give or take a tenth; less after the first one. */
  readonly period: number;
  /** After which an attempt is given up. */
  readonly timeout: number;
  /** Attempts in a row that must succeed. */
  readonly successThreshold: number;
  /** Since the start, after which the dependency counts as overdue. */
  readonly overdueAfter: number;
  /** What then happens: go on waiting, or count the dependency as satisfied. */
  readonly onOverdue: 'wait' | 'open';
}

/** How a wait ended: the dependency is there, was opened from outside, is overdue and opened for that, or was cut short. */
export type Outcome = 'satisfied' | 'opened' | 'overdue' | 'stopped';

export interface Result {
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly seconds: number;
  /** The last answer that did not satisfy, if there was one. */
  readonly lastError?: string;
  /** The last answer, if an attempt has ended. */
  readonly answer?: string;
}

/** What is worth a line in the log: not each attempt, but each change of the answer, overdue, and the end. */
export type WaitEvent =
  | ({ readonly is: 'waiting' | 'overdue'; readonly satisfied: boolean } & Omit<Result, 'outcome'>)
  | ({ readonly is: 'ended' } & Result);

/** What a wait works with. */
export interface Surroundings {
  readonly check: Check;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: (event: WaitEvent) => void;
  /** Whether somebody has opened the dependency from outside: looked at every 250 ms, apart from the attempts. */
  readonly isOpened: () => boolean;
  /** Ends the wait when it aborts. */
  readonly signal: AbortSignal;
}

const LOOK_FOR_OPENING_EVERY = 250;
const JITTER = 0.1;
/** Answers come from servers too. Two of them and the longest URL fit into what the kubelet reads of a termination message. */
const MAX_ANSWER_LENGTH = 300;
/** Commands to a terminal among them go. */
const MAX_READ_LENGTH = 4 * MAX_ANSWER_LENGTH;

/** What has been seen so far. */
interface WaitProgress {
  attempts: number;
  inARow: number;
  last: Answer | undefined;
  lastError: string | undefined;
}

/**
 * Waits until the dependency is satisfied, opened or (if so told) overdue, or the signal aborts. It has no other limit:
 * a container that gave up would be started again by the kubelet with a growing back-off, and so wait longer.
 *
 * Four things race: the attempts, the look at the annotations, the overdue timer and the signal. The first to end decides;
 * `over` then tells the others, and each of them ends before it does anything more.
 */
export async function wait(options: WaitOptions, surroundings: Surroundings): Promise<Result> {
  const { clock, log, signal } = surroundings;
  const started = clock.now();
  const progress: WaitProgress = { attempts: 0, inARow: 0, last: undefined, lastError: undefined };
  const over = new AbortController();
  const report = (is: 'waiting' | 'overdue') =>
    log({ is, satisfied: progress.last?.satisfied ?? false, ...soFar(progress, clock.now() - started) });
  try {
    const outcome = await Promise.race([
      attemptUntilSatisfied(options, surroundings, progress, over.signal, () => report('waiting')),
      lookUntilOpened(surroundings, over.signal),
      overdue(options, clock, over.signal, () => report('overdue')),
      stopped(signal, over.signal),
    ]);
    const result: Result = { outcome, ...soFar(progress, clock.now() - started) };
    log({ is: 'ended', ...result });
    return result;
  } finally {
    over.abort();
  }
}

function soFar({ attempts, last, lastError }: WaitProgress, milliseconds: number): Omit<Result, 'outcome'> {
  return {
    attempts,
    seconds: Math.round(milliseconds) / 1000,
    ...(lastError === undefined ? {} : { lastError }),
    ...(last === undefined ? {} : { answer: last.answer }),
  };
}

async function attemptUntilSatisfied(
  options: WaitOptions,
  surroundings: Surroundings,
  progress: WaitProgress,
  over: AbortSignal,
  changed: () => void,
): Promise<Outcome> {
  const { clock } = surroundings;
  while (true) {
    const began = clock.now();
    progress.attempts++;
    const answer = await attempt(options.timeout, surroundings, over);
    if (over.aborted) return 'stopped';
    const isNew = answer.answer !== progress.last?.answer || answer.satisfied !== progress.last.satisfied;
    note(progress, answer);
    if (progress.inARow >= options.successThreshold) return 'satisfied';
    if (isNew) changed();
    await clock.sleep(pauseAfter(began, progress, options, surroundings), over);
    if (over.aborted) return 'stopped';
  }
}

/**
 * Until the next attempt. Programs that start at one moment (a rollout, a node that comes back) are in step at their first
 * attempt only: each then lets a part of a period pass, whether it was answered or its time was over. Where an answer counts
 * towards the threshold, a whole period lies between the two.
 */
function pauseAfter(
  began: number,
  { attempts, inARow }: WaitProgress,
  { period }: WaitOptions,
  { clock, random }: Surroundings,
): number {
  if (attempts === 1 && inARow === 0) return period * random();
  return Math.max(0, began + period * (1 + JITTER * (2 * random() - 1)) - clock.now());
}

function note(progress: WaitProgress, answer: Answer): void {
  progress.last = answer;
  progress.inARow = answer.satisfied ? progress.inARow + 1 : 0;
  if (!answer.satisfied) progress.lastError = answer.answer;
}

/** One attempt, which ends with its time even where the check does not, and which tells the check to let go in any case. */
async function attempt(timeout: number, { check, clock }: Surroundings, over: AbortSignal): Promise<Answer> {
  const limit = new AbortController();
  const stop = () => limit.abort();
  over.addEventListener('abort', stop);
  try {
    const tooLate = clock.sleep(timeout, limit.signal).then(() => ({ satisfied: false, answer: 'timeout' }));
    const { satisfied, answer } = await Promise.race([check(limit.signal), tooLate]);
    return { satisfied, answer: shown(answer) };
  } catch (error) {
    // A setting that cannot work (a CA that is none) or a defect. To end would only hide it behind restarts.
    const message = error instanceof Error ? error.message : String(error);
    return { satisfied: false, answer: shown(message) };
  } finally {
    over.removeEventListener('abort', stop);
    limit.abort();
  }
}

/** Servers write answers: in the log and in the Pod's status they must steer nothing, and be short. */
function shown(answer: string): string {
  return plain(answer.slice(0, MAX_READ_LENGTH)).slice(0, MAX_ANSWER_LENGTH).toWellFormed();
}

async function lookUntilOpened({ clock, isOpened }: Surroundings, over: AbortSignal): Promise<Outcome> {
  while (!over.aborted && !isOpened()) await clock.sleep(LOOK_FOR_OPENING_EVERY, over);
  return 'opened';
}

async function overdue(
  options: WaitOptions,
  clock: Clock,
  over: AbortSignal,
  say: () => void,
): Promise<Outcome> {
  await clock.sleep(options.overdueAfter, over);
  if (options.onOverdue === 'wait' && !over.aborted) {
    say();
    await stopped(over, over);
  }
  return 'overdue';
}

function stopped(signal: AbortSignal, over: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve('stopped');
    const stop = () => resolve('stopped');
    signal.addEventListener('abort', stop);
    over.addEventListener('abort', () => signal.removeEventListener('abort', stop), { once: true });
  });
}
