import { type BackoffLimits, backoffMs, type Random } from './backoff.ts';
import type { Clock } from './clock.ts';
import { FairRuns, type Task } from './fair-runs.ts';

/** `urgent` (somebody waits for it) goes before `change` (somebody did something), and that before `initial` (it was there when we started). */
export type Priority = 'urgent' | 'change' | 'initial';

/**
 * When a key is to be looked at again although nothing changes: after a time in ms, or after its back-off, which grows
 * with each reconcile in a row that asks for it, and is not shorter than `atLeastMs`. Undefined: not at all.
 */
export type Requeue =
  | { readonly afterMs: number }
  | { readonly backoff: true; readonly atLeastMs?: number | undefined };

export interface QueueOptions<Key> {
  /** The same for equal keys, and for no others. */
  readonly idOf: (key: Key) => string;
  /** Whose turn it takes: shares take turns, whatever number of keys each has. Default: all keys share one. */
  readonly shareOf?: (key: Key) => string;
  /** One reconcile. Never runs twice at once for a key. */
  readonly run: (key: Key) => Promise<Requeue | undefined>;
  /** Is told of a reconcile that threw; its key backs off. Must not throw. */
  readonly onError: (key: Key, error: unknown) => void;
  /** Reconciles at a time, see {@link Workers}. Default 4. */
  readonly concurrency?: number;
  /** Default 0.5 s to 5 min. */
  readonly backoff?: BackoffLimits;
  readonly clock: Clock;
  readonly random: Random;
}

/** A key that waits for its reconcile or is in it. */
interface Entry {
  state: 'waiting' | 'starting' | 'running';
  priority: number;
  /** The priority of the reconcile after this one, if one was asked for while it ran. */
  next: number | undefined;
}

interface Delay {
  readonly at: number;
  /** Whether a reconcile asked for it: it is void with the next reconcile, which decides again. */
  readonly ofReconcile: boolean;
  readonly cancel: () => void;
}

const CONCURRENCY = 4;
const BACKOFF: BackoffLimits = { baseMs: 500, maxMs: 300_000 };
const PRIORITIES = { initial: 0, change: 1, urgent: 2 } as const;

/**
 * A work queue of keys. A key is in it once, however often it was added; a reconcile that begins after an add sees what the add
 * was about, and an add during a reconcile makes another reconcile follow. Why a reconcile runs is unknown to it.
 */
export class Queue<Key> {
  readonly #options: QueueOptions<Key>;
  readonly #runs: FairRuns<Task>;
  readonly #entries = new Map<string, Entry>();
  readonly #delays = new Map<string, Delay>();
  /** Reconciles in a row that asked for back-off. */
  readonly #failures = new Map<string, number>();
  #stopped = false;

  constructor(options: QueueOptions<Key>) {
    this.#options = options;
    const { concurrency: workers = CONCURRENCY, clock } = options;
    this.#runs = new FairRuns({ workers, clock });
  }

  /** Keys that wait for a reconcile; without those that are delayed. */
  get waiting(): number {
    return this.#runs.waiting;
  }

  /** Reconciles under way. */
  get running(): number {
    return this.#runs.running;
  }

  /** Keys about which anything is remembered: waiting, running, delayed or backing off. */
  get known(): number {
    return new Set([...this.#entries.keys(), ...this.#delays.keys(), ...this.#failures.keys()]).size;
  }

  add(key: Key, priority: Priority = 'change'): void {
    if (this.#stopped) return;
    const rank = PRIORITIES[priority];
    const id = this.#options.idOf(key);
    const entry = this.#entries.get(id);
    if (!entry) this.#enqueue(key, rank);
    else if (entry.state === 'running') entry.next = Math.max(entry.next ?? rank, rank);
    else if (entry.state === 'waiting' && rank > entry.priority) {
      entry.priority = rank;
      this.#runs.reprioritize(id, rank);
    }
  }

  /** Adds the key in `ms`. Of several such wishes the earliest counts. */
  addAfter(key: Key, ms: number): void {
    this.#delay(key, this.#options.idOf(key), ms, false);
  }

  #delay(key: Key, id: string, ms: number, ofReconcile: boolean): void {
    if (this.#stopped) return;
    const at = this.#options.clock.now() + ms;
    const known = this.#delays.get(id);
    // What somebody else asked for holds, also where a reconcile asked for something sooner or later.
    const both = ofReconcile && (known?.ofReconcile ?? true);
    if (known && known.at <= at) return void this.#delays.set(id, { ...known, ofReconcile: both });
    known?.cancel();
    const cancel = this.#options.clock.after(ms, () => {
      this.#delays.delete(id);
      this.add(key);
    });
    this.#delays.set(id, { at, ofReconcile: both, cancel });
  }

  /**
   * Drops what waits and takes no more; ends when the reconciles under way have, or after `limitMs`.
   *
   * @returns whether all reconciles ended in time.
   */
  async stop(limitMs: number): Promise<boolean> {
    this.#stopped = true;
    for (const { cancel } of this.#delays.values()) cancel();
    this.#delays.clear();
    this.#failures.clear();
    this.#runs.clear();
    if (this.running === 0) return true;
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const cancel = this.#options.clock.after(limitMs, () => resolve(false));
    const drained = this.#runs.idle().then(() => true);
    return Promise.race([drained, late]).finally(cancel);
  }

  #enqueue(key: Key, priority: number): void {
    const id = this.#options.idOf(key);
    const share = this.#options.shareOf?.(key) ?? '';
    const entry: Entry = { state: 'waiting', priority, next: undefined };
    this.#entries.set(id, entry);
    this.#runs.add({ id, priority, share, run: () => this.#reconcile(key, id, entry) });
  }

  async #reconcile(key: Key, id: string, entry: Entry): Promise<void> {
    entry.state = 'starting';
    // Never within `add`: what else changes in the same breath belongs to the same reconcile. And not before everything else
    // has had a turn: thousands that have nothing to write would keep probes and watches waiting until the last is done.
    await new Promise(setImmediate);
    entry.state = 'running';
    const again = await this.#run(key);
    this.#entries.delete(id);
    if (this.#stopped) return;
    this.#schedule(key, id, again);
    if (entry.next !== undefined) this.#enqueue(key, entry.next);
  }

  async #run(key: Key): Promise<Requeue | undefined> {
    try {
      return await this.#options.run(key);
    } catch (error) {
      this.#options.onError(key, error);
      return { backoff: true };
    }
  }

  #schedule(key: Key, id: string, again: Requeue | undefined): void {
    this.#forgetWish(id);
    if (!again || !('backoff' in again)) {
      this.#failures.delete(id);
      if (again) this.#delay(key, id, again.afterMs, true);
      return;
    }
    const failures = (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    const { backoff = BACKOFF, random } = this.#options;
    this.#delay(key, id, Math.max(backoffMs(failures, backoff, random), again.atLeastMs ?? 0), true);
  }

  /** What an earlier reconcile asked for is void: this one has looked, and says itself when to look again. */
  #forgetWish(id: string): void {
    const delay = this.#delays.get(id);
    if (!delay?.ofReconcile) return;
    delay.cancel();
    this.#delays.delete(id);
  }
}
