import type { Clock } from './clock.ts';
import { FairLine, type Place } from './fair-line.ts';
import { SLOW_MS, Workers, type WorkersOptions } from './workers.ts';

/** Something to be run when its turn has come. */
export interface Task extends Place {
  /** Must not throw. */
  readonly run: () => Promise<void>;
}

export interface FairRunsOptions extends WorkersOptions {
  readonly clock: Clock;
}

/** Runs tasks in the background: who is next says a FairLine, how many at a time says Workers. */
export class FairRuns<T extends Task> {
  readonly #clock: Clock;
  readonly #line = new FairLine<T>();
  readonly #workers: Workers;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: FairRunsOptions) {
    this.#clock = options.clock;
    this.#workers = new Workers(options);
  }

  /** Tasks that wait. */
  get waiting(): number {
    return this.#line.size;
  }

  /** Tasks that have begun and not ended. */
  get running(): number {
    return this.#workers.running;
  }

  /** Shares that are remembered as slow. */
  get remembered(): number {
    return this.#workers.remembered;
  }

  /** Begins it now or later; one with the same id must not wait already. */
  add(task: T): void {
    this.#line.enqueue(task);
    this.#begin();
  }

  /** @throws ReferenceError where nothing waits by that id */
  reprioritize(id: string, priority: number): void {
    this.#line.reprioritize(id, priority);
  }

  /** Drops the task that waits last for the share that has most of them, and gives it. */
  dropLast(): T | undefined {
    return this.#line.dropLast();
  }

  /** Drops all that wait. */
  clear(): void {
    this.#line.clear();
  }

  /** Ends when nothing waits or runs. */
  async idle(): Promise<void> {
    if (this.waiting + this.running === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  /** Begins all that may. */
  #begin(): void {
    for (let task = this.#next(); task; task = this.#next()) this.#run(task);
  }

  #next(): T | undefined {
    if (this.waiting === 0) return undefined;
    const waits = (share: string) => this.#line.has(share);
    const take = (mayBegin: ((share: string) => boolean) | undefined) =>
      mayBegin && this.#line.dequeue(mayBegin);
    return take(this.#workers.byRight(this.#clock.now(), waits)) ?? take(this.#workers.byIdleness());
  }

  #run({ share, run }: T): void {
    const begun = this.#workers.begin(share, this.#clock.now());
    // Its worker is free then.
    const cancel = this.#clock.after(SLOW_MS, () => this.#begin());
    void run().then(() => {
      cancel();
      this.#workers.end(begun, this.#clock.now());
      this.#begin();
      this.#tellIdle();
    });
  }

  #tellIdle(): void {
    if (this.waiting + this.running > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
