import type { LoggedContainer, LogLine, LogSource } from '../server/log-response.ts';
import type { Clock } from './simulated-clock.ts';

/** How many lines of a run are kept, the first ones: a loop without a pause must not fill the memory. */
const KEPT_LINES = 10_000;

/** A container, whichever run of it. */
export type LogContainer = Omit<LoggedContainer, 'previous'>;

interface Run {
  readonly lines: LogLine[];
  ended: boolean;
}

interface Runs {
  readonly current: Run;
  readonly previous: Run | undefined;
}

/** What the containers print, of their current or last run and of the one before. */
export class Logs implements LogSource {
  readonly #runs = new Map<string, Runs>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  read(container: LoggedContainer): Readonly<Run> | undefined {
    return this.#runs.get(keyOf(container))?.[container.previous ? 'previous' : 'current'];
  }

  onChange(container: LoggedContainer, listener: () => void): () => void {
    const key = keyOf(container);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(key);
    };
  }

  /** Begins a container's next run. */
  start(container: LogContainer): void {
    const previous = this.#runs.get(keyOf(container))?.current;
    this.#runs.set(keyOf(container), { current: { lines: [], ended: false }, previous });
  }

  add(container: LogContainer, text: string): void {
    const lines = this.#runs.get(keyOf(container))?.current.lines;
    if (!lines || lines.length > KEPT_LINES) return;
    const last = lines.length === KEPT_LINES;
    const time = new Date(this.#clock.now()).toISOString();
    lines.push({ time, text: last ? 'the sandbox keeps no more lines of this run' : text });
    this.#tell(container);
  }

  /** No more lines will come in the current run. */
  end(container: LogContainer): void {
    const run = this.#runs.get(keyOf(container))?.current;
    if (run) run.ended = true;
    this.#tell(container);
  }

  /** Drops a container that is gone. */
  forget(container: LogContainer): void {
    this.#runs.delete(keyOf(container));
    this.#tell(container);
  }

  #tell(container: LogContainer): void {
    for (const listener of [...(this.#listeners.get(keyOf(container)) ?? [])]) listener();
  }
}

function keyOf({ namespace, pod, container }: LogContainer): string {
  return `${namespace}/${pod}/${container}`;
}
