import { ApiError, isForbidden, isNotFound } from '../api-error.ts';
import { Backoff, type Random } from '../backoff.ts';
import type { Requests } from '../client/requests.ts';
import type { Clock } from '../clock.ts';
import { discover } from '../discovery.ts';
import type { Meta } from '../object.ts';
import { pause } from '../pause.ts';
import type { Resource } from '../resource.ts';
import { Reflector } from './reflector.ts';
import type { Project } from './replica.ts';
import type { Sink } from './store.ts';

export interface KindWatchOptions<T extends Meta> {
  readonly requests: Pick<Requests, 'resources' | 'pages' | 'watch'>;
  readonly apiVersion: string;
  readonly kind: string;
  /** Only of this one, where the kind has namespaces. */
  readonly namespace?: string | undefined;
  readonly store: Sink<T>;
  /** What is of no interest need not be kept: see {@link KindWatch.widen}. */
  readonly project: Project<T>;
  readonly clock: Clock;
  readonly random: Random;
  /** Is told when the state or the problem has changed, and when a list covers what it did not before. Must not throw. */
  readonly onChange: () => void;
  /** Is told what went wrong and will be tried again. Must not throw. */
  readonly onError: (error: Error) => void;
}

/**
 * - `looking`: nothing is known yet; see {@link KindWatch.problem}.
 * - `watching`: the store shows what there is.
 * - `unknown`: the API server serves no such kind. `forbidden`: it does not serve it to us. The store is empty. Both are
 *   tried again with a back-off of 0.8 to 30 s: a kind may come, and a right be given, at any time.
 */
export type KindState = 'looking' | 'watching' | 'unknown' | 'forbidden';

/**
 * Whoever wants more objects waits at most so long for others who do: then everything is listed again once. The longer the
 * last list took, the longer is waited, so that a large kind is not listed all the time.
 */
const WIDEN_AFTER_MS = 100;
const LONGEST_WIDENING_MS = 10_000;
/** Of the time, lists that widen take a tenth at most. */
const PAUSE_PER_LIST = 9;

/**
 * Keeps a store of the objects of one kind, known by its name only, of which not all are of interest.
 *
 * A turn is: find the resource that the kind is served as (unless it is watched), list it and watch it (see Reflector),
 * until the right or the kind is lost, more objects are of interest than at the list, or it is stopped. No failure but
 * these two empties the store.
 */
export class KindWatch<T extends Meta> {
  readonly #options: KindWatchOptions<T>;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  #state: KindState = 'looking';
  #problem: string | undefined;
  #resource: Resource | undefined;
  /** How often the interest was widened, and up to which time a list covers it. */
  #asked = 0;
  #covered = -1;
  #endTurn = () => {};
  /** Ends a turn that has listed less than is asked for; one that has not listed yet does so itself when it has. */
  #widenTurn = () => {};
  #cancelWidening: (() => void) | undefined;
  /** How long the last list took. */
  #listMs = 0;
  #running: Promise<void> | undefined;

  constructor(options: KindWatchOptions<T>) {
    this.#options = options;
    this.#backoff = new Backoff(options.clock, options.random);
  }

  get state(): KindState {
    return this.#state;
  }

  /** Why it is still looking: what went wrong last, in the server's words. Undefined while nothing has. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** What the kind is served as, once it has been found. */
  get resource(): Resource | undefined {
    return this.#resource;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Says that an object is of interest now that was not before. Gives a number for {@link covers}. */
  widen(): number {
    this.#asked += 1;
    if (this.#stop.signal.aborted) return this.#asked;
    const afterMs = Math.min(LONGEST_WIDENING_MS, Math.max(WIDEN_AFTER_MS, PAUSE_PER_LIST * this.#listMs));
    this.#cancelWidening ??= this.#options.clock.after(afterMs, () => {
      this.#cancelWidening = undefined;
      this.#widenTurn();
    });
    return this.#asked;
  }

  /** Whether the store shows what was of interest then. */
  covers(asked: number): boolean {
    return this.#covered >= asked;
  }

  async stop(): Promise<void> {
    this.#cancelWidening?.();
    this.#stop.abort();
    this.#endTurn();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const failure = await this.#turn();
      if (failure === undefined || signal.aborted) continue;
      this.#fail(failure);
      const asked = failure instanceof ApiError ? failure.retryAfterMs : undefined;
      await pause(this.#options.clock, Math.max(this.#backoff.next(), asked ?? 0), signal);
    }
  }

  /** Gives what ended it, or undefined where another turn is to follow at once. */
  async #turn(): Promise<Error | 'unknown' | undefined> {
    const { requests, apiVersion, kind } = this.#options;
    try {
      // One that is watched is known: to ask again could only fail, and nothing would be watched meanwhile.
      const known = this.#state === 'watching' ? this.#resource : undefined;
      const resource = known ?? (await discover(requests, apiVersion, kind, this.#stop.signal));
      if (!resource) return 'unknown';
      this.#resource = resource;
      return await this.#reflect(resource);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #reflect(resource: Resource): Promise<Error | undefined> {
    const { promise: over, resolve: end } = Promise.withResolvers<Error | undefined>();
    const asked = this.#asked;
    const { clock } = this.#options;
    const began = clock.now();
    const reflector = new Reflector({
      ...this.#options,
      resource,
      selection: resource.namespaced ? { namespace: this.#options.namespace } : {},
      onError: (error) => (isForbidden(error) || isNotFound(error) ? end(error) : this.#meet(error)),
    });
    if (this.#stop.signal.aborted) return undefined;
    this.#endTurn = () => end(undefined);
    this.#widenTurn = () => {
      if (reflector.hasSynced && this.#asked > asked) end(undefined);
    };
    reflector.start();
    void reflector.synced.then((hasSynced) => {
      if (!hasSynced || this.#stop.signal.aborted) return;
      this.#covered = asked;
      this.#listMs = clock.now() - began;
      this.#enter('watching');
      this.#options.onChange();
      // Whoever asked for more within the last moments is waited for.
      if (!this.#cancelWidening) this.#widenTurn();
    });
    const failure = await over;
    await reflector.stop();
    return failure;
  }

  #fail(failure: Error | 'unknown'): void {
    const isGone = failure === 'unknown' || isNotFound(failure);
    if (!isGone && !isForbidden(failure)) {
      this.#meet(failure);
      return;
    }
    const state = isGone ? 'unknown' : 'forbidden';
    if (state === this.#state) return;
    this.#enter(state);
    this.#covered = -1;
    this.#options.store.replace(new Map(), false);
    this.#options.onChange();
  }

  #enter(state: KindState): void {
    this.#state = state;
    this.#problem = undefined;
  }

  /** What is known of a kind stays; of one that nothing is known of, this is all that there is to say. */
  #meet(error: Error): void {
    this.#options.onError(error);
    if (this.#state !== 'looking' || this.#problem === error.message) return;
    this.#problem = error.message;
    this.#options.onChange();
  }
}
