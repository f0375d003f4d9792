import type { Logger } from 'pino';
import { KIND } from '../api/names.ts';
import type { GateEvent, Settings, Workload } from '../core/model.ts';
import { isUnreported } from '../core/status/gate-state.ts';
import type { Random } from '../kube/backoff.ts';
import type { Connection } from '../kube/client/connection.ts';
import { fenced } from '../kube/client/fenced.ts';
import { createRequests } from '../kube/client/http-requests.ts';
import type { RequestObservation, Requests } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import type { Election } from '../kube/election/election.ts';
import { fewDiscoveries } from '../kube/few-discoveries.ts';
import { keyOf } from '../kube/object.ts';
import type { Priority } from '../kube/queue.ts';
import { Admission } from './admission/admission.ts';
import { subscribe } from './affected.ts';
import { CustomResource } from './custom-resource.ts';
import { Expressions } from './expressions.ts';
import { levelOfWatch } from './failures.ts';
import { type OwnLease, standForElection } from './leadership.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { type Reconciled, referenceTo } from './reference.ts';
import { ReferencedObjects } from './referenced/referenced-by-namespace.ts';
import type { WatchedKindOptions } from './referenced/watched-kind.ts';
import { createReflectors, type StoreReflectors } from './reflectors.ts';
import {
  countDependencies,
  countGates,
  countHeld,
  createStores,
  everything,
  type Stores,
  workloadReference,
} from './stores.ts';
import { Term } from './term.ts';
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
  /** How often the admission policies and the custom resource are looked for, ms. Default a minute. */
  readonly lookForPoliciesEveryMs?: number;
  /** By which one of several works, and the others stand by. Default: it is the only one. */
  readonly lease?: OwnLease | undefined;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
}

/** How long reconciles under way may take to end when the operator is stopped. */
const DRAIN_MS = 3500;

/**
 * The operator: stores kept by watches, and for as long as it leads a queue of gates and workloads, and one reconcile after
 * another. While it stands by its stores are kept too, so that it can go on at once where another has stopped.
 */
export class Operator {
  readonly metrics: Metrics;
  readonly #options: OperatorOptions;
  readonly #stores: Stores = createStores();
  readonly #requests: Requests;
  readonly #reflectors: StoreReflectors;
  readonly #admission: Admission;
  readonly #customResource: CustomResource;
  readonly #referenced: ReferencedObjects;
  readonly #expressions: Expressions;
  readonly #election: Election | undefined;
  /** While it leads. */
  #term: Term | undefined;

  constructor(options: OperatorOptions) {
    const { connection, clock, random, log, lease } = options;
    this.#options = options;
    this.metrics = createMetrics({
      version: options.version ?? 'unknown',
      queued: () => this.#term?.waiting ?? 0,
      gates: () => countGates(this.#stores),
      held: () => countHeld(this.#stores),
      overdue: () => countDependencies(this.#stores).overdue,
      failed: () => countDependencies(this.#stores).failed,
      firstStarts: () => this.#admission.firstStarts,
      foreignPolicies: () => this.#admission.foreignPolicies.length,
      lackingFields: () => this.#customResource.older?.lacking.length ?? 0,
      isAdmissionActing: () => this.#admission.isActing,
      leadership: lease && { lease: lease.name, isLeader: () => this.isLeader },
    });
    const observer = (observation: RequestObservation) => this.metrics.requestEnded(observation);
    // What writes is of a term.
    this.#requests = createRequests({ connection: fenced(connection, () => false), clock, observer });
    this.#expressions = new Expressions({ clock });
    this.#admission = new Admission({
      requests: this.#requests,
      stores: this.#stores,
      clock,
      log,
      policyName: options.admissionPolicy,
      olderCrd: () => this.#customResource.older,
      everyMs: options.lookForPoliciesEveryMs,
      othersFirstIn: (one) => this.#term?.memory.workloads.peek(workloadReference(one))?.othersFirst ?? [],
      emit: (workload, event) => this.#emit(workload, event),
      count: (cause) => this.#term && this.metrics.admissionSkipped(cause),
      onChange: () => this.#lookAtAll(),
    });
    this.#customResource = new CustomResource({
      ...{ requests: this.#requests, clock, log },
      everyMs: options.lookForPoliciesEveryMs,
      onChange: () => {
        this.#admission.customResourceChanged();
        this.#lookAtAll();
      },
      onOtherSchema: () => {
        for (const reflector of this.#reflectors.gates) reflector.relist();
      },
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
    this.#election =
      lease &&
      standForElection(lease, {
        ...{ connection, observer, random, log },
        onLeading: () => this.#lead(),
        onLost: () => this.#standBy(),
      });
  }

  /** Whether reconciles see the whole world: every store has shown its resource once, and the policies were looked for. */
  get isReady(): boolean {
    return this.#admission.isKnown && this.#reflectors.all.every(({ hasSynced }) => hasSynced);
  }

  /** Whether it is the one that writes. */
  get isLeader(): boolean {
    return this.#term !== undefined && (this.#election?.isLeader ?? true);
  }

  /** Why all that it does comes to nothing, in words: it may not write the status of gates, or its Lease. */
  get refusal(): string | undefined {
    const ofStatus = this.#term?.memory.statusRefusal.message;
    if (ofStatus !== undefined) return `the status of gates cannot be written: ${ofStatus}`;
    const ofLease = this.#election?.refusal;
    return ofLease && `the lease cannot be read or written: ${ofLease}`;
  }

  /** Starts the watches, and takes part once all stores are filled. Resolves then, or when stopped before. */
  async start(): Promise<void> {
    this.#referenced.start();
    subscribe(
      this.#stores,
      (one, initial) => this.#look(one, initial ? 'initial' : 'change'),
      (gate) => this.#term?.memory.gates.peek(referenceTo(gate))?.lastDecision.isBroughtBy(gate) ?? false,
    );
    for (const reflector of this.#reflectors.all) reflector.start();
    const synced = this.#reflectors.all.map((reflector) => reflector.synced);
    const known = await Promise.all([this.#customResource.start(), this.#admission.start(), ...synced]);
    if (!known.every(Boolean)) return;
    this.#admission.storesFilled();
    void logVersion(this.#requests, this.#options.log);
    this.#options.log.info({ gates: this.#stores.gates.size }, 'caches synced');
    if (this.#election) this.#election.start();
    else this.#lead();
  }

  /** Ends the reconciles under way, lets another lead, then ends everything else. */
  async stop(): Promise<void> {
    this.#admission.stop();
    this.#customResource.stop();
    const isDrained = (await this.#term?.end(DRAIN_MS)) ?? true;
    await this.#election?.stop({ release: isDrained });
    await Promise.all([this.#referenced, ...this.#reflectors.all].map((watch) => watch.stop()));
  }

  #lead(): void {
    const { connection, instance, concurrency = 4, settings, log, clock, random } = this.#options;
    this.#term = new Term({
      ...{ connection, instance, concurrency, log, clock, random },
      metrics: this.metrics,
      mayWrite: () => this.#election?.isLeader ?? true,
      surroundings: () => ({
        stores: this.#stores,
        firstStarts: this.#admission.firstStarts,
        foreignPolicies: this.#admission.foreignPolicies,
        olderCrd: this.#customResource.older,
        idleAdmission: this.#admission.idle,
        placing: this.#admission.placing,
        referenced: this.#referenced,
        expressions: this.#expressions,
        settings,
      }),
    });
    this.#lookAtAll();
  }

  #standBy(): void {
    this.#term?.cut();
    this.#term = undefined;
  }

  /** Until caches synced a reconcile would see a part of the world; everything is added then. */
  #look(one: Reconciled, priority: Priority): void {
    if (this.isReady) this.#term?.look(one, this.#isNew(one) ? 'urgent' : priority);
  }

  /** Until a gate has its first status nothing keeps the first Pods of its targets from starting without it. */
  #isNew(one: Reconciled): boolean {
    const gate = one.kind === KIND ? this.#stores.gates.get(keyOf(one)) : undefined;
    return gate !== undefined && isUnreported(gate.status);
  }

  #lookAtAll(): void {
    for (const one of everything(this.#stores)) this.#look(one, 'initial');
  }

  #emit(about: Workload, event: GateEvent): void {
    this.#term?.emit(about, event);
  }
}
