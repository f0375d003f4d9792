import { isAlreadyExists, isConflict, isForbidden, isNotFound } from '../api-error.ts';
import type { Random } from '../backoff.ts';
import type { Requests } from '../client/requests.ts';
import type { Clock } from '../clock.ts';
import { type Meta, metaOf } from '../object.ts';
import { pause } from '../pause.ts';
import type { ObjectName } from '../resource.ts';
import { Reflector } from '../watch/reflector.ts';
import { Store } from '../watch/store.ts';
import { LEASES, readLease, specAfter, specReleased } from './lease.ts';
import {
  holding,
  isHeld,
  type LeaseRecord,
  type Move,
  moveOf,
  NOTHING_SEEN,
  nextLook,
  type Standing,
  seeing,
  TIMINGS,
  type Timings,
} from './lease-standing.ts';

export interface ElectionOptions {
  readonly requests: Pick<Requests, 'get' | 'create' | 'patch' | 'pages' | 'watch'>;
  readonly lease: ObjectName;
  /** Its name in the Lease: no two candidates have the same, and none has it again after a restart. */
  readonly identity: string;
  /** One that nobody sets: it measures times only. */
  readonly clock: Clock;
  /** The date, which stands in the Lease for people. */
  readonly wallNow: () => number;
  readonly random: Random;
  /** Default: client-go's. */
  readonly timings?: Timings | undefined;
  /** It leads from now on. Must not throw. */
  readonly onLeading: () => void;
  /** It leads no more, and somebody else may. Must not throw. */
  readonly onLost: () => void;
  /** Is told whose the Lease is, whenever this is another. */
  readonly onHolder: (holder: string) => void;
  /** Is told what failed, and is tried again. */
  readonly onError: (error: unknown) => void;
}

/** Nobody waits longer for an API server that does not answer: the Lease runs out by itself. */
const STOPPED_WITHIN_MS = 1000;

type Writing = Exclude<Move, { do: 'wait' }>;

/**
 * Elects one of several by a Lease, as client-go's leaderelection does. It looks every two seconds, and at once when a watch
 * tells of a change: what is decided comes from what is read then, so a watch that lags or breaks costs nothing but time.
 */
export class Election {
  readonly #options: ElectionOptions;
  readonly #timings: Timings;
  readonly #watch: Reflector<Meta>;
  #standing: Standing = NOTHING_SEEN;
  #isLeading = false;
  /** Whether the Lease may be another than the one that was last read. */
  #isStale = true;
  #refusal: string | undefined;
  #holder: string | undefined;
  #wake = new AbortController();
  #cancelExpiry: () => void = () => {};
  #isStopped = false;
  #running: Promise<void> | undefined;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#timings = options.timings ?? TIMINGS;
    const { requests, lease, clock, random, onError } = options;
    const store = new Store<Meta>({});
    store.subscribe(({ after }) => this.#told(after?.resourceVersion));
    this.#watch = new Reflector({
      ...{ requests, resource: LEASES, store, project: metaOf, clock, random, onError },
      selection: { namespace: lease.namespace, fieldSelector: `metadata.name=${lease.name}` },
    });
  }

  /** Whether it leads at this very moment: to be asked before each write. */
  get isLeader(): boolean {
    return this.#isLeading && isHeld(this.#standing, this.#options.clock.now(), this.#timings);
  }

  /** Why it cannot take part, in the API server's words: it may not read or write the Lease. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  start(): void {
    this.#watch.start();
    this.#running ??= this.#run();
  }

  /**
   * Takes part no more. The Lease is given back where it is held, so that another has it at once; not where what was done
   * under it may go on, which `release: false` tells: then it runs out.
   */
  async stop({ release }: { readonly release: boolean }): Promise<void> {
    const late = new AbortController();
    const limit = pause(this.#options.clock, STOPPED_WITHIN_MS, late.signal);
    await Promise.race([this.#stop(release), limit]);
    late.abort();
    this.#isLeading = false;
  }

  async #stop(release: boolean): Promise<void> {
    this.#isStopped = true;
    this.#wake.abort();
    await Promise.all([this.#running, this.#watch.stop()]);
    this.#cancelExpiry();
    const { seen } = this.#standing;
    const isHolder = isHeld(this.#standing, this.#options.clock.now(), this.#timings);
    if (release && isHolder && seen) await this.#release(seen.record);
    this.#standing = NOTHING_SEEN;
  }

  #told(resourceVersion: string | undefined): void {
    if (resourceVersion === this.#standing.seen?.record.resourceVersion) return;
    this.#isStale = true;
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      this.#wake = new AbortController();
      const ms = await this.#look();
      if (!this.#isStopped) await pause(this.#options.clock, ms, this.#wake.signal);
    }
  }

  /** Gives the time until the next look, ms. */
  async #look(): Promise<number> {
    const { clock, identity, onError } = this.#options;
    try {
      await this.#turn();
      this.#refusal = undefined;
    } catch (error) {
      this.#isStale = true;
      this.#refusal = isForbidden(error) ? error.message : this.#refusal;
      onError(error);
      return this.#timings.retryMs;
    } finally {
      this.#tell();
    }
    return nextLook(this.#standing, identity, clock.now(), this.#timings);
  }

  async #turn(): Promise<void> {
    const { clock, identity } = this.#options;
    if (this.#isStale || !this.isLeader) await this.#read();
    this.#tell();
    const move = moveOf(this.#standing, identity, clock.now(), this.#timings);
    if (move.do === 'wait' || this.#isStopped) return;
    const sent = clock.now();
    const stored = await this.#write(move);
    if (stored) this.#standing = holding(stored, sent, clock.now());
    else await this.#read();
  }

  async #read(): Promise<void> {
    const { requests, lease, clock, identity } = this.#options;
    this.#isStale = false;
    const record = await requests.get(LEASES, lease).then(readLease, (error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    this.#standing = seeing(this.#standing, record, identity, clock.now());
  }

  /** Gives what was stored; undefined where somebody else was faster, or took the Lease away. */
  async #write(move: Writing): Promise<LeaseRecord | undefined> {
    const { identity, wallNow } = this.#options;
    const spec = specAfter(move, { identity, leaseMs: this.#timings.leaseMs, wallNow: wallNow() });
    try {
      return readLease(await (move.do === 'create' ? this.#create(spec) : this.#patch(move.from, spec)));
    } catch (error) {
      const isOvertaken =
        isConflict(error) || isAlreadyExists(error) || (move.do !== 'create' && isNotFound(error));
      if (isOvertaken) return undefined;
      throw error;
    }
  }

  #create(spec: object): Promise<unknown> {
    const { requests, lease } = this.#options;
    const { namespace, name } = lease;
    const apiVersion = `${LEASES.group}/${LEASES.version}`;
    const body = { apiVersion, kind: 'Lease', metadata: { namespace, name }, spec };
    return requests.create(LEASES, namespace, body);
  }

  /** Refused with 409 where it is another by now. */
  #patch({ resourceVersion }: LeaseRecord, spec: object): Promise<unknown> {
    const { requests, lease } = this.#options;
    return requests.patch(LEASES, lease, { metadata: { resourceVersion }, spec }, { type: 'merge' });
  }

  /** Where it cannot be, it runs out by itself. */
  async #release(record: LeaseRecord): Promise<void> {
    const { onError, wallNow } = this.#options;
    try {
      await this.#patch(record, specReleased(wallNow()));
    } catch (error) {
      onError(error);
    }
  }

  /** Tells what has become of it, each once; and looks again when its time is over, whatever is under way then. */
  #tell(): void {
    const { clock, identity, onLeading, onLost, onHolder } = this.#options;
    const isLeader = isHeld(this.#standing, clock.now(), this.#timings);
    this.#expireInTime();
    const holder = this.#standing.seen?.record.holder;
    if (holder !== undefined && holder !== '' && holder !== this.#holder) {
      this.#holder = holder;
      if (holder !== identity) onHolder(holder);
    }
    if (isLeader === this.#isLeading || (isLeader && this.#isStopped)) return;
    this.#isLeading = isLeader;
    if (isLeader) onLeading();
    else onLost();
  }

  #expireInTime(): void {
    this.#cancelExpiry();
    const { heldSince } = this.#standing;
    const { clock } = this.#options;
    if (heldSince === undefined) return;
    const left = heldSince + this.#timings.renewWithinMs - clock.now();
    this.#cancelExpiry = left > 0 ? clock.after(left, () => this.#tell()) : () => {};
  }
}
