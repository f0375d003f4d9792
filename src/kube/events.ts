import { isNotFound } from './api-error.ts';
import type { Random } from './backoff.ts';
import type { Requests } from './client/requests.ts';
import type { Clock } from './clock.ts';
import { FairRuns, type Task } from './fair-runs.ts';
import { microTime } from './micro-time.ts';
import type { Resource } from './resource.ts';

/** What an Event is about. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
}

export interface EventDraft {
  readonly regarding: ObjectReference;
  readonly related?: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  /** Why, in CamelCase, up to 128 characters. */
  readonly reason: string;
  /** What was done, in CamelCase, up to 128 characters. */
  readonly action: string;
  /** For people. Cut to 1024 bytes, the API's limit. */
  readonly note: string;
}

export interface EventRecorderOptions {
  readonly requests: Pick<Requests, 'create' | 'patch'>;
  /** `reportingController`, a qualified name: `example.com/my-controller` */
  readonly controller: string;
  /** `reportingInstance`, e.g. the Pod's name; up to 128 characters. */
  readonly instance: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Is told of Events that could not be written. */
  readonly onError: (error: unknown) => void;
}

const EVENTS: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events', namespaced: true };

/** The same event again within this time of its last makes the Event a series. */
const SERIES_MS = 600_000;
/** Series that are remembered; beyond it the one that was longest silent starts again. */
const MOST_SERIES = 1000;
/** Requests that wait; beyond it events are dropped, of the namespace that has most of them. */
const MOST_WAITING = 1000;
/** Warnings are what somebody has to act on: they are not kept waiting, nor dropped, for those that say how things go. */
const WARNING = 1;
const NORMAL = 0;
/** Requests at a time, see Workers. */
const WORKERS = 4;
const LONGEST_NOTE = 1024;

interface Series {
  /** The Event's name, once it is stored. */
  name: string | undefined;
  count: number;
  lastAt: number;
  /** Whether a request that will carry the count is still to be made. */
  scheduled: boolean;
}

/** A request that waits. */
interface Write extends Task {
  readonly reason: string;
  readonly series: Series;
}

/**
 * Writes Events (events.k8s.io/v1), in the background; those of one namespace one after another, so that it keeps no other
 * waiting. The same event about the same object makes one Event with a count. An Event is never worth a failure: what
 * cannot be written is reported and dropped.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #writes: FairRuns<Write>;
  /** By what makes events equal; the one that was silent for longest comes first. */
  readonly #series = new Map<string, Series>();
  /** How many requests there have been: their ids. */
  #asked = 0;
  #stopped = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#writes = new FairRuns({ workers: WORKERS, ofOneShare: 1, clock: options.clock });
  }

  /** Series that are remembered. */
  get remembered(): number {
    return this.#series.size;
  }

  record(event: EventDraft): void {
    if (this.#stopped) return;
    const now = this.#options.clock.now();
    const series = this.#count(event, now);
    if (series.scheduled) return;
    series.scheduled = true;
    this.#asked += 1;
    this.#writes.add({
      id: String(this.#asked),
      priority: event.type === 'Warning' ? WARNING : NORMAL,
      share: namespaceOf(event),
      reason: event.reason,
      series,
      run: () => this.#write(event, series),
    });
    if (this.#writes.waiting > MOST_WAITING) this.#drop();
  }

  /** Ends when all that was recorded has been written or given up; each write has its deadline. */
  flush(): Promise<void> {
    return this.#writes.idle();
  }

  /** Takes no more, drops what waits, and ends with the writes that are under way. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#writes.clear();
    return this.#writes.idle();
  }

  #drop(): void {
    const dropped = this.#writes.dropLast();
    if (!dropped) return;
    dropped.series.scheduled = false;
    this.#options.onError(new Error(`too many Events are waiting: ${dropped.reason} is dropped`));
  }

  #count({ regarding, type, reason, action, note }: EventDraft, now: number): Series {
    const { kind, namespace, name, uid } = regarding;
    const key = JSON.stringify([kind, namespace, name, uid, type, reason, action, note]);
    const known = this.#series.get(key);
    const goesOn = known && now - known.lastAt < SERIES_MS;
    const series = goesOn ? known : { name: undefined, count: 0, lastAt: now, scheduled: false };
    series.count += 1;
    series.lastAt = now;
    this.#series.delete(key);
    this.#series.set(key, series);
    this.#prune(now);
    return series;
  }

  #prune(now: number): void {
    for (const [key, { lastAt }] of this.#series) {
      if (now - lastAt < SERIES_MS && this.#series.size <= MOST_SERIES) return;
      this.#series.delete(key);
    }
  }

  async #write(event: EventDraft, series: Series): Promise<void> {
    series.scheduled = false;
    try {
      if (series.name !== undefined && (await this.#repeat(event, series, series.name))) return;
      series.name = await this.#create(event, series);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Whether the Event was still there: it lives for an hour, and may be deleted. */
  async #repeat(event: EventDraft, { count, lastAt }: Series, name: string): Promise<boolean> {
    const target = { namespace: namespaceOf(event), name };
    const patch = { series: { count, lastObservedTime: microTime(lastAt) } };
    try {
      await this.#options.requests.patch(EVENTS, target, patch, { type: 'merge' });
      return true;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return false;
    }
  }

  /** Gives the new Event's name. */
  async #create(event: EventDraft, { count, lastAt }: Series): Promise<string> {
    const { controller, instance, random, requests } = this.#options;
    const suffix = Math.floor(random() * 2 ** 48).toString(16);
    const name = `${event.regarding.name.slice(0, 200)}.${suffix}`;
    const namespace = namespaceOf(event);
    await requests.create(EVENTS, namespace, {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace, name },
      ...event,
      note: cut(event.note),
      eventTime: microTime(lastAt),
      reportingController: controller,
      reportingInstance: instance,
      ...(count > 1 && { series: { count, lastObservedTime: microTime(lastAt) } }),
    });
    return name;
  }
}

/** Events about objects outside of namespaces belong to `default`. */
function namespaceOf({ regarding }: EventDraft): string {
  return regarding.namespace || 'default';
}

function cut(note: string): string {
  const bytes = new TextEncoder().encode(note);
  if (bytes.length <= LONGEST_NOTE) return note;
  // A character that was cut in the middle decodes to U+FFFD.
  const kept = new TextDecoder().decode(bytes.subarray(0, LONGEST_NOTE - 3));
  return `${kept.replace(/\uFFFD$/, '')}…`;
}
