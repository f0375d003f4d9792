import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { KIND } from '../api/names.ts';
import type { Gate, GateEvent, Pod, Workload } from '../core/model.ts';
import type { Random } from '../kube/backoff.ts';
import type { Connection } from '../kube/client/connection.ts';
import { fenced } from '../kube/client/fenced.ts';
import { createRequests } from '../kube/client/http-requests.ts';
import type { Requests } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import { EventRecorder } from '../kube/events.ts';
import { keyOf } from '../kube/object.ts';
import { pause } from '../kube/pause.ts';
import { type Priority, Queue, type Requeue } from '../kube/queue.ts';
import type { Context } from './context.ts';
import { eventDraft } from './event-draft.ts';
import { classifyFailure, levelOfEvent } from './failures.ts';
import { Memory } from './memory.ts';
import type { Metrics } from './metrics.ts';
import { PatientEvents } from './patient-events.ts';
import { reconcile } from './reconcile.ts';
import { idOf, type Reconciled } from './reference.ts';

export interface TermOptions {
  readonly connection: Connection;
  /** Whether it may write at this very moment. */
  readonly mayWrite: () => boolean;
  /** What reconciles are told besides what is of this term. */
  readonly surroundings: () => Omit<
    Context,
    'requests' | 'memory' | 'clock' | 'log' | 'emit' | 'patientEvents' | 'look'
  >;
  /** Name of this instance in Events. */
  readonly instance: string;
  /** Reconciles at a time. */
  readonly concurrency: number;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
}

const EVENT_CONTROLLER = 'dependencygate.dev/operator';

/**
 * The time for which an operator leads, and all that writes: the queue, what is remembered between reconciles, Events. What
 * is left of one term has no part in the next. Its requests are refused as soon as it may not write, so a reconcile that was
 * under way as the term ended changes nothing any more.
 */
export class Term {
  readonly memory = new Memory();
  readonly #options: TermOptions;
  readonly #requests: Requests;
  readonly #events: EventRecorder;
  readonly #patientEvents: PatientEvents;
  readonly #queue: Queue<Reconciled>;
  #isOver = false;

  constructor(options: TermOptions) {
    const { connection, metrics, log, clock, random, concurrency, instance, mayWrite } = options;
    this.#options = options;
    this.#requests = createRequests({
      connection: fenced(connection, () => !this.#isOver && mayWrite()),
      clock,
      observer: (observation) => metrics.requestEnded(observation),
    });
    this.#events = new EventRecorder({
      ...{ requests: this.#requests, controller: EVENT_CONTROLLER, instance, clock, random },
      onError: (error) => log[levelOfEvent(error)]({ err: error }, 'failed to record an Event'),
    });
    this.#patientEvents = new PatientEvents(clock);
    this.#queue = new Queue<Reconciled>({
      ...{ clock, random, concurrency, idOf },
      shareOf: ({ namespace }) => namespace,
      run: (one) => this.#reconcile(one),
      onError: (one, error) => log.error({ ...named(one), err: error }, 'the queue failed'),
    });
  }

  /** Gates and workloads that wait for a reconcile. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  look(one: Reconciled, priority: Priority): void {
    this.#queue.add(one, priority);
  }

  emit(about: Gate | Workload | Pod, event: GateEvent): void {
    this.#events.record(eventDraft(about, event));
  }

  /**
   * Ends the reconciles and Events under way; after `limitMs` they are left, and can write no more.
   *
   * @returns whether all of them ended in time: nothing that they have sent can still arrive
   */
  async end(limitMs: number): Promise<boolean> {
    const stop = new AbortController();
    const drained = this.#drained(limitMs);
    const late = pause(this.#options.clock, limitMs, stop.signal).then(() => false);
    const isDrained = await Promise.race([drained, late]);
    stop.abort();
    this.#isOver = true;
    return isDrained;
  }

  /** It may write no more: what waits is dropped, and nobody waits for what is under way. */
  cut(): void {
    this.#isOver = true;
    void this.#drained(0);
  }

  async #drained(limitMs: number): Promise<boolean> {
    this.#patientEvents.stop();
    const [isDrained] = await Promise.all([this.#queue.stop(limitMs), this.#events.stop()]);
    return isDrained;
  }

  async #reconcile(one: Reconciled): Promise<Requeue | undefined> {
    const { clock, log, metrics } = this.#options;
    const began = clock.now();
    const ended = (result: Parameters<Metrics['reconcileEnded']>[0]) =>
      metrics.reconcileEnded(result, (clock.now() - began) / 1000);
    const reconcileLog = log.child({ ...named(one), reconcileID: randomUUID() });
    try {
      const afterMs = await reconcile(this.#context(reconcileLog), one);
      ended('success');
      return afterMs === undefined ? undefined : { afterMs };
    } catch (error) {
      const { failure, level, waitMs } = classifyFailure(error);
      ended(failure);
      reconcileLog[level]({ failure, err: error }, 'reconcile failed, retrying');
      return { backoff: true, atLeastMs: waitMs };
    }
  }

  #context(log: Logger): Context {
    return {
      ...this.#options.surroundings(),
      requests: this.#requests,
      memory: this.memory,
      clock: this.#options.clock,
      log,
      emit: (about, event) => this.emit(about, event),
      patientEvents: this.#patientEvents,
      look: (one) => this.look(one, 'change'),
    };
  }
}

/** What log lines call it: `gate: <namespace>/<name>`, `workload: <Kind>/<namespace>/<name>`. */
function named(one: Reconciled): { readonly gate: string } | { readonly workload: string } {
  return one.kind === KIND ? { gate: keyOf(one) } : { workload: idOf(one) };
}
