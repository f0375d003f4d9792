import { ApiError, errorFromStatus, isGone, isInvalid } from '../api-error.ts';
import { Backoff, type Random } from '../backoff.ts';
import type { Requests, Selection, WatchQuery } from '../client/requests.ts';
import type { Clock } from '../clock.ts';
import type { Meta } from '../object.ts';
import { pause } from '../pause.ts';
import type { Resource } from '../resource.ts';
import { follow } from './follow.ts';
import { type Project, Replica } from './replica.ts';
import type { Sink } from './store.ts';
import type { WatchEvent } from './watch-stream.ts';

export interface ReflectorOptions<T extends Meta> {
  readonly requests: Pick<Requests, 'pages' | 'watch'>;
  readonly resource: Resource;
  readonly selection?: Selection;
  readonly store: Sink<T>;
  readonly project: Project<T>;
  readonly clock: Clock;
  readonly random: Random;
  /**
   * Is told what went wrong and will be tried again; an expired version and a watch that ends in order are not among
   * it. Must not throw.
   */
  readonly onError: (error: Error) => void;
  /** A watch that is silent for longer is dead: bookmarks come about every 60 s. Default 100 s. */
  readonly idleLimitMs?: number;
}

const IDLE_LIMIT_MS = 100_000;
/** Silence in the midst of the initial events: whoever supports them sends them at once. */
const INITIAL_IDLE_LIMIT_MS = 10_000;
/** A watch that ended in order after that long was a good one even if nothing happened in it. */
const GOOD_WATCH_MS = 10_000;
/** The server is asked to end a watch after 5 to 10 minutes, so that all reflectors do not come back at once. */
const WATCH_SECONDS = 300;

/**
 * Keeps a store equal to what the API server has of one resource, until it is stopped. Its states:
 *
 * - *listing*: no resource version is known. Everything is gathered and then swapped in as a whole; until then the
 *   store shows what it showed. Objects that are no longer there are removed by the swap. The first way is a watch that
 *   begins with what is there (WatchList: cheap for the server, and the same stream goes on as the watch). After a
 *   server has refused it, ignored it or not brought it to its end, lists are paged, from then on.
 * - *watching*: each event is applied as it comes, and its resource version is where the next watch goes on.
 * - *pausing*: after any failure, with jittered back-off from 0.8 to 30 s, or for as long as a 429 asks. A watch that
 *   ended in order and brought something is taken up at once.
 *
 * From watching, `410 Gone` (as an answer or an ERROR event), a line that is no event, and an exception in a listener lead to
 * listing, and so does `relist`; everything else (a cut connection, silence, 401, 403, 429, 5xx) leads back to watching where
 * it stopped.
 */
export class Reflector<T extends Meta> {
  /** Becomes true with the first whole list, false when stopped before. */
  readonly synced: Promise<boolean>;
  readonly #options: ReflectorOptions<T>;
  readonly #replica: Replica<T>;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  readonly #settle: (synced: boolean) => void;
  #hasSynced = false;
  #watchList = true;
  #resourceVersion: string | undefined;
  /** Ends the list or watch under way. */
  #turnEnd = new AbortController();
  /** What is known may be out of date, whatever its versions say, until a list that began after that. */
  #isDoubted = false;
  #running: Promise<void> | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#replica = new Replica(options.store, options.project, options.onError);
    this.#backoff = new Backoff(options.clock, options.random);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.synced = promise;
    this.#settle = resolve;
  }

  /** Whether the store has shown the whole resource once. It stays true. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Lists again, at once, and takes what the list says also for versions that are known: the API server may show another
   * part of them than before.
   */
  relist(): void {
    this.#isDoubted = true;
    this.#turnEnd.abort(new ApiError({ status: 0, reason: 'Aborted', message: 'it is listed again' }));
  }

  /** Ends what is under way. The store stays as it is. */
  async stop(): Promise<void> {
    const reason = new ApiError({ status: 0, reason: 'Aborted', message: 'the reflector was stopped' });
    this.#stop.abort(reason);
    this.#turnEnd.abort(reason);
    this.#settle(false);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) await pause(this.#options.clock, await this.#turn(), signal);
  }

  /** One list or one watch. Gives the time to pause after it, in ms. */
  async #turn(): Promise<number> {
    this.#turnEnd = new AbortController();
    try {
      const from = this.#isDoubted ? undefined : this.#resourceVersion;
      if (from !== undefined) return await this.#watch(from);
      if (this.#watchList) await this.#watchFromStart();
      else await this.#list();
      return 0;
    } catch (error) {
      return this.#turnEnd.signal.aborted ? 0 : this.#failed(error);
    }
  }

  async #list(): Promise<void> {
    const { requests, resource, selection = {} } = this.#options;
    let resourceVersion = '';
    this.#replica.begin();
    for await (const page of requests.pages(resource, selection, this.#turnEnd.signal)) {
      for (const item of page.items) this.#replica.put(item);
      resourceVersion = page.resourceVersion;
    }
    this.#commit(resourceVersion);
  }

  async #watchFromStart(): Promise<void> {
    this.#replica.begin();
    try {
      await this.#follow({ sendInitialEvents: true });
      if (this.#replica.gathering) throw noInitialEvents();
    } catch (error) {
      if (!this.#replica.gathering) throw error;
      if (lacksWatchList(error)) this.#watchList = false;
      else throw error;
    }
  }

  async #watch(resourceVersion: string): Promise<number> {
    const { clock } = this.#options;
    const since = clock.now();
    await this.#follow({ resourceVersion });
    const good = this.#resourceVersion !== resourceVersion || clock.now() - since >= GOOD_WATCH_MS;
    return good ? 0 : this.#backoff.next();
  }

  #follow(from: Pick<WatchQuery, 'sendInitialEvents' | 'resourceVersion'>): Promise<void> {
    const { requests, resource, selection = {}, clock, random, idleLimitMs = IDLE_LIMIT_MS } = this.#options;
    return follow({
      requests,
      resource,
      selection,
      query: { ...from, timeoutSeconds: Math.floor(WATCH_SECONDS * (1 + random())) },
      clock,
      signal: this.#turnEnd.signal,
      idleLimitMs: () => (this.#replica.gathering ? INITIAL_IDLE_LIMIT_MS : idleLimitMs),
      onEvent: (event) => this.#apply(event),
    });
  }

  #apply(event: WatchEvent): void {
    if (event.type === 'ERROR') throw errorFromStatus(event.object);
    if (event.type === 'BOOKMARK') {
      if (this.#replica.gathering && !event.initialEventsEnd) throw noInitialEvents();
      if (this.#replica.gathering) this.#commit(event.resourceVersion);
    } else if (event.type === 'DELETED') {
      this.#replica.remove(event.object);
    } else if (event.type === 'ADDED' || event.type === 'MODIFIED') {
      this.#replica.put(event.object);
    }
    if (!this.#replica.gathering) this.#resourceVersion = event.resourceVersion;
  }

  #commit(resourceVersion: string): void {
    const initial = !this.#hasSynced;
    this.#hasSynced = true;
    this.#resourceVersion = resourceVersion;
    this.#replica.commit(initial, this.#isDoubted);
    // Where it was asked for once more meanwhile, what has just come may be as old.
    this.#isDoubted = this.#turnEnd.signal.aborted;
    this.#settle(true);
  }

  #failed(error: unknown): number {
    const known = error instanceof ApiError;
    if (!known || isGone(error)) this.#resourceVersion = undefined;
    // Something that cannot be read in a stream may be readable in a list.
    if (!known && this.#replica.gathering) this.#watchList = false;
    if (!isGone(error)) this.#options.onError(error instanceof Error ? error : new Error(String(error)));
    return Math.max(this.#backoff.next(), (known && error.retryAfterMs) || 0);
  }
}

const NO_INITIAL_EVENTS = 'NoInitialEvents';

function noInitialEvents(): ApiError {
  const message = 'the watch does not say where its initial events end';
  return new ApiError({ status: 0, reason: NO_INITIAL_EVENTS, message });
}

/** Whether the server has refused to begin a watch with what is there, or has shown that it does not know of it. */
function lacksWatchList(error: unknown): boolean {
  if (isInvalid(error)) return true;
  return error instanceof ApiError && (error.reason === NO_INITIAL_EVENTS || error.reason === 'Idle');
}
