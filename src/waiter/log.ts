import { formatDuration } from './duration.ts';
import type { WaitEvent } from './wait.ts';

export interface LogOptions {
  /** Name of the dependency. */
  readonly name: string;
  /** What is checked, e.g. `tcp redis:6379`. */
  readonly check: string;
  readonly successThreshold: number;
  /** Milliseconds. */
  readonly overdueAfter: number;
}

/** The lines for a person. A wait that is over ends with `continuing ...`, unless it was stopped. */
export function formatText(event: WaitEvent, options: LogOptions): readonly string[] {
  const { name, successThreshold } = options;
  const overdueAfter = formatDuration(options.overdueAfter);
  const answer = event.answer ?? 'no answer yet';
  if (event.is !== 'ended') {
    if (event.is === 'overdue')
      return [`overdue: still waiting for ${name} after ${overdueAfter}: ${answer}`];
    const more = event.satisfied ? ` (must hold ${successThreshold} times in a row)` : '';
    return [`waiting for ${name}: ${answer}${more}`];
  }
  switch (event.outcome) {
    case 'satisfied':
      return [answer, 'continuing ...'];
    case 'opened':
      return [`${name} was opened by an annotation of the Pod`, 'continuing ...'];
    case 'overdue':
      return [`overdue: ${name} counts as open after ${overdueAfter}: ${answer}`, 'continuing ...'];
    case 'stopped':
      return [`stopped while waiting for ${name}: ${answer}`];
  }
}

/** The same as one JSON object a line. `event` is the event's kind or, at the end, the outcome. */
export function formatJson(event: WaitEvent, { name, check }: LogOptions, time: Date): string {
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
  });
}
