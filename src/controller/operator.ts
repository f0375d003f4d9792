import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { KIND } from '../api/names.ts';
import type { Gate, GateEvent, Pod, Settings, Workload } from '../core/model.ts';
import type { Random } from '../kube/backoff.ts';
import type { Connection } from '../kube/client/connection.ts';
import { createRequests } from '../kube/client/http-requests.ts';
import type { RequestObservation, Requests } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import { EventRecorder } from '../kube/events.ts';
import { fewDiscoveries } from '../kube/few-discoveries.ts';
import { keyOf, type Meta } from '../kube/object.ts';
import { type Priority, Queue, type Requeue } from '../kube/queue.ts';
import type { Reflector } from '../kube/watch/reflector.ts';
import { Admission } from './admission/admission.ts';
import { subscribe } from './affected.ts';
import type { Context } from './context.ts';
import { eventDraft } from './event-draft.ts';
import { Expressions } from './expressions.ts';
import { classifyFailure, levelOfEvent, levelOfWatch } from './failures.ts';
import { Memory } from './memory.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { reconcile } from './reconcile.ts';
import { idOf, type Reconciled, referenceTo } from './reference.ts';
import { ReferencedObjects } from './referenced/referenced-by-namespace.ts';
import type { WatchedKindOptions } from './referenced/watched-kind.ts';
import { createReflectors } from './reflectors.ts';
import {
  countDependencies,
  countGates,
  countHeld,
  createStores,
  everything,
  type Stores,
  workloadReference,
} from './stores.ts';
import { logVersion } from './tested-versions.ts';

export interface OperatorOptions {
  readonly connection: Connection;
  readonly settings: Settings;
  /** The release, for the metrics. Default: unknown. */
  readonly version?: string;
  /** Name of this instance in Events, e.g. the Pod's. */
  readonly instance: string;
  /** Only gates of these, and nothing else is looked at. Default: all. */
  readonly namespaces?: readonly string[] | undefined;
  /** Reconciles at a time. Default 4. */
  readonly concurrency?: number;
  /** The name of the policy `dependencygate-first-start` in this cluster. Default: as it is shipped. */
  readonly admissionPolicy?: string | undefined;
  /** How often the admission policies are looked for, ms. Default a minute. */
  readonly lookForPoliciesEveryMs?: number;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
}

const EVENT_CONTROLLER = 'dependencygate.dev/operator';
/** How long reconciles under way may take to end when the operator is stopped. */
const DRAIN_MS = 10_000;

/** The reconcile loop: stores kept by watches, a queue of gates and workloads, and one reconcile after another. */
export class Operator {
  readonly metrics: Metrics;
  readonly #options: OperatorOptions;
  readonly #stores: Stores = createStores();
  readonly #requests: Requests;
  readonly #reflectors: readonly Reflector<Meta>[];
  readonly #events: EventRecorder;
  readonly #queue: Queue<Reconciled>;
  readonly #admission: Admission;
  readonly #memory = new Memory();
  readonly #referenced: ReferencedObjects;
  readonly #expressions: Expressions;

  constructor(options: OperatorOptions) {
    const { connection, clock, random, log, instance } = options;
    this.#options = options;
    this.metrics = createMetrics({
      version: options.version ?? 'unknown',
      queued: () => this.#queue.waiting,
      gates: () => countGates(this.#stores),
      held: () => countHeld(this.#stores),
      overdue: () => countDependencies(this.#stores).overdue,
      failed: () => countDependencies(this.#stores).failed,
      firstStarts: () => this.#admission.firstStarts,
      foreignPolicies: () => this.#admission.foreignPolicies.length,
      isAdmissionActing: () => this.#admission.isActing,
    });
    const observer = (observation: RequestObservation) => this.metrics.requestEnded(observation);
    this.#requests = createRequests({ connection, clock, observer });
    this.#events = new EventRecorder({
      requests: this.#requests,
      controller: EVENT_CONTROLLER,
      instance,
      clock,
      random,
      onError: (error) => log[levelOfEvent(error)]({ err: error }, 'failed to record an Event'),
    });
    this.#expressions = new Expressions({ clock });
    this.#queue = new Queue<Reconciled>({
      clock,
      random,
      concurrency: options.concurrency ?? 4,
      idOf,
      shareOf: ({ namespace }) => namespace,
      run: (one) => this.#reconcile(one),
      onError: (one, error) => log.error({ ...named(one), err: error }, 'the queue failed'),
    });
    this.#admission = new Admission({
      requests: this.#requests,
      stores: this.#stores,
      clock,
      log,
      policyName: options.admissionPolicy,
      everyMs: options.lookForPoliciesEveryMs,
      othersFirstIn: (one) => this.#memory.workloads.peek(workloadReference(one))?.othersFirst ?? [],
      emit: (workload, event) => this.#emit(workload, event),
      count: (cause) => this.metrics.admissionSkipped(cause),
      onChange: () => this.#admissionChanged(),
    });
    const watching: WatchedKindOptions = {
      requests: fewDiscoveries(this.#requests),
      gates: this.#stores.gates,
      clock,
      random,
      onAffected: (gate) => this.#look(referenceTo(gate), 'change'),
      onError: (kind, error) =>
        log[levelOfWatch(error)]({ kind, err: error }, 'failed to watch a referenced kind'),
    };
    this.#referenced = new ReferencedObjects(watching, options.namespaces);
    this.#reflectors = createReflectors(this.#stores, {
      ...{ requests: this.#requests, clock, random, log },
      namespaces: options.namespaces,
    });
  }

  /** Whether reconciles see the whole world: every store has shown its resource once, and the policies were looked for. */
  get isReady(): boolean {
    return this.#admission.isKnown && this.#reflectors.every(({ hasSynced }) => hasSynced);
  }

  /** Why all that it does comes to nothing, in the API server's words: it may not write the status of gates. */
  get refusal(): string | undefined {
    return this.#memory.statusRefusal.message;
  }

  /** Starts the watches, and the reconciles once all stores are filled. Resolves then, or when stopped before. */
  async start(): Promise<void> {
    this.#referenced.start();
    subscribe(this.#stores, (one, initial) => this.#look(one, initial ? 'initial' : 'change'));
    for (const reflector of this.#reflectors) reflector.start();
    const synced = this.#reflectors.map((reflector) => reflector.synced);
    const known = await Promise.all([this.#admission.start(), ...synced]);
    if (!known.every(Boolean)) return;
    this.#admission.storesFilled();
    void logVersion(this.#requests, this.#options.log);
    this.#options.log.info({ gates: this.#stores.gates.size }, 'caches synced');
    for (const one of everything(this.#stores)) this.#queue.add(one, 'initial');
  }

  /** Ends the reconciles under way, then everything else. */
  async stop(): Promise<void> {
    this.#admission.stop();
    await this.#queue.stop(DRAIN_MS);
    await Promise.all([this.#referenced, ...this.#reflectors].map((watch) => watch.stop()));
    await this.#events.stop();
  }

  /** Until caches synced a reconcile would see a part of the world; everything is added then. */
  #look(one: Reconciled, priority: Priority): void {
    if (this.isReady) this.#queue.add(one, priority);
  }

  async #reconcile(one: Reconciled): Promise<Requeue | undefined> {
    const { clock, log } = this.#options;
    const began = clock.now();
    const ended = (result: Parameters<Metrics['reconcileEnded']>[0]) =>
      this.metrics.reconcileEnded(result, (clock.now() - began) / 1000);
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
    const { clock, settings } = this.#options;
    return {
      requests: this.#requests,
      memory: this.#memory,
      stores: this.#stores,
      firstStarts: this.#admission.firstStarts,
      foreignPolicies: this.#admission.foreignPolicies,
      idleAdmission: this.#admission.idle,
      placing: this.#admission.placing,
      referenced: this.#referenced,
      expressions: this.#expressions,
      settings,
      clock,
      log,
      emit: (about, event) => this.#emit(about, event),
      look: (one) => this.#look(one, 'change'),
    };
  }

  #emit(about: Gate | Workload | Pod, event: GateEvent): void {
    this.#events.record(eventDraft(about, event));
  }

  /** What depends on the policies may be decided otherwise now. */
  #admissionChanged(): void {
    if (this.isReady) for (const one of everything(this.#stores)) this.#queue.add(one, 'initial');
  }
}

/** What log lines call it: `gate: <namespace>/<name>`, `workload: <Kind>/<namespace>/<name>`. */
function named(one: Reconciled): { readonly gate: string } | { readonly workload: string } {
  return one.kind === KIND ? { gate: keyOf(one) } : { workload: idOf(one) };
}
