import { ALL_DEPENDENCIES } from '../api/names.ts';
import { formatDuration } from './duration.ts';
import type { WaitEvent } from './wait.ts';
import type { WholeResult } from './whole-result.ts';

export interface LogOptions {
  /** Name of the dependency. */
  readonly name: string;
  /** What is checked, e.g. `tcp redis:6379`. */
  readonly check: string;
  readonly successThreshold: number;
  /** Milliseconds. */
  readonly overdueAfter: number;
  /** The command by which a person opens it; undefined where nothing does. */
  readonly openBy: string | undefined;
  /** Whether other dependencies tell theirs in the same log, so that every line has to say whose it is. */
  readonly isOneOfSeveral: boolean;
}

/** The last line for a person, unless it was stopped: nothing is waited for any more. */
export const CONTINUING = 'continuing ...';

/** The lines for a person. */
export function formatText(event: WaitEvent, options: LogOptions): readonly string[] {
  const { name, successThreshold } = options;
  const overdueAfter = formatDuration(options.overdueAfter);
  const answer = event.answer ?? 'no answer yet';
  if (event.is !== 'ended') {
    const how = howToOpen(event, options);
    if (event.is === 'overdue')
      return [`overdue: still waiting for ${name} after ${overdueAfter}: ${answer}`, ...how];
    const more = event.satisfied ? ` (must hold ${successThreshold} times in a row)` : '';
    return [`waiting for ${name}: ${answer}${more}`, ...how];
  }
  switch (event.outcome) {
    case 'satisfied':
      return [options.isOneOfSeveral ? `${name}: ${answer}` : answer];
    case 'opened':
      return [`${name} was opened by an annotation of the Pod`];
    case 'overdue':
      return [`overdue: ${name} counts as open after ${overdueAfter}: ${answer}`];
    case 'stopped':
      return [`stopped while waiting for ${name}: ${answer}`];
  }
}

/**
 * What a person can do about it: told when it is overdue and, where nothing is tried, at once. The operator does not see a Pod
 * that lacks the labels of its target, as the copy of `kubectl debug --copy-to` does: that one waits for ever.
 */
function howToOpen({ is }: WaitEvent, { check, openBy }: LogOptions): readonly string[] {
  if (openBy === undefined || is === 'ended') return [];
  if (is === 'overdue') return [`to go on without it: ${openBy}`];
  return check === 'opened'
    ? [`in a copy of a Pod, as kubectl debug makes it, nobody does but you: ${openBy}`]
    : [];
}

/** The end of several waits, behind the ends of each, as one JSON object. */
export function formatJsonOfAll({ outcome, seconds }: WholeResult, time: Date): string {
  const whole = { dependency: ALL_DEPENDENCIES, check: ALL_DEPENDENCIES, seconds };
  return JSON.stringify({ time: time.toISOString(), level: 'info', event: outcome, ...whole });
}

/** The same as one JSON object a line. `event` is the event's kind or, at the end, the outcome. */
export function formatJson(event: WaitEvent, options: LogOptions, time: Date): string {
  const { name, check, openBy } = options;
  const { is, ...rest } = event;
  const outcome = event.is === 'ended' ? event.outcome : is;
  return JSON.stringify({
    time: time.toISOString(),
    level: outcome === 'overdue' ? 'warn' : 'info',
    event: outcome,
    dependency: name,
    check,
    attempts: rest.attempts,
    seconds: rest.seconds,
    answer: rest.answer,
    lastError: rest.lastError,
    ...(howToOpen(event, options).length > 0 && { openBy }),
  });
}
