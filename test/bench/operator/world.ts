import PQueue from 'p-queue';
import { z } from 'zod';
import { containerName, GATED_LABEL } from '../../../src/api/names.ts';
import type { Connection } from '../../../src/kube/client/connection.ts';
import { createRequests } from '../../../src/kube/client/http-requests.ts';
import type { Requests } from '../../../src/kube/client/requests.ts';
import { systemClock } from '../../../src/kube/clock.ts';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { eventually } from '../../cluster/eventually.ts';
import { httpCluster } from '../../cluster/http-cluster.ts';
import { deployment, dns, gate } from '../../scenarios/manifests.ts';
import { resourceOf } from '../../scenarios/resources.ts';

export interface Size {
  readonly gates: number;
  /** Of each gate's one target. */
  readonly podsOfGate: number;
  /** Of workloads that no gate names. */
  readonly otherPods: number;
}

const LIMIT_MS = 15 * 60_000;
/** Of a Deployment without a gate. */
const OTHER_REPLICAS = 100;
/** Requests at once of who makes the state. */
const AT_ONCE = 16;
const DEPENDENCIES = ['db', 'api'] as const;

const gateSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  status: z
    .looseObject({
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
      dependencies: z.array(z.looseObject({ passed: z.int() })).default([]),
      pods: z.looseObject({ total: z.int() }).optional(),
    })
    .default({ conditions: [], dependencies: [] }),
});

/** What a gate's status says, as far as it is measured. */
export interface Told {
  readonly isReady: boolean;
  /** Pods that have passed the first dependency. */
  readonly passed: number;
  readonly pods: number;
}

/** A namespace of gates, their targets and other Pods, whose kubelet is played here; and what is told of the gates. */
export class World {
  readonly namespace: string;
  readonly size: Size;
  readonly #requests: Requests;
  readonly #connection: Connection;
  readonly #ended = new AbortController();
  readonly #told = new Map<string, Told>();
  /** Names of Pods that carry a gate's containers, by the gate. */
  readonly #pods = new Map<string, Set<string>>();
  #onTold: (name: string, told: Told) => void = () => {};

  constructor(connection: Connection, namespace: string, size: Size) {
    this.#connection = connection;
    this.#requests = createRequests({ connection, clock: systemClock, deadlineMs: LIMIT_MS });
    this.namespace = namespace;
    this.size = size;
  }

  get gateNames(): string[] {
    return Array.from({ length: this.size.gates }, (_, index) => `gate-${index}`);
  }

  /** Makes all of it, and waits until every Pod is there. */
  async make(): Promise<void> {
    await this.#requests.create(resourceOf('Namespace'), undefined, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: this.namespace },
    });
    this.#watch();
    const others = Array.from({ length: this.size.otherPods / OTHER_REPLICAS }, (_, index) =>
      deployment(`other-${index}`, { replicas: OTHER_REPLICAS }),
    );
    await this.#createAll(others);
    // All new Pods at once: nobody says that the first of them are ready.
    const spec = { strategy: { type: 'Recreate' } };
    const targets = this.gateNames.map((name) =>
      deployment(`app-${name}`, { replicas: this.size.podsOfGate, spec }),
    );
    await this.#createAll(targets);
    const wanted = this.size.gates * this.size.podsOfGate + this.size.otherPods;
    await eventually('every Pod is there', LIMIT_MS, async () => {
      const { items } = await this.#requests.list(resourceOf('Pod'), { namespace: this.namespace });
      return items.length >= wanted || undefined;
    });
    await this.#createAll(
      this.gateNames.map((name) =>
        gate(
          name,
          [`app-${name}`],
          DEPENDENCIES.map((host) => dns(host)),
        ),
      ),
    );
  }

  /** Resolves when each gate's status says this. */
  async untilEach(what: string, holds: (told: Told) => boolean): Promise<void> {
    await eventually(what, LIMIT_MS, () => {
      const told = [...this.#told.values()];
      return (told.length === this.size.gates && told.every(holds)) || undefined;
    });
  }

  /** Has each status of a gate told, as it is heard. */
  onTold(hear: (name: string, told: Told) => void): void {
    this.#onTold = hear;
  }

  podsOf(name: string): readonly string[] {
    return [...(this.#pods.get(name) ?? [])];
  }

  /** Says of a Pod, as its kubelet would, that its first check runs, or that it has passed it. */
  async report(gateName: string, pod: string, hasPassed: boolean): Promise<void> {
    const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const done = { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at } };
    const runs = { running: { startedAt: at } };
    const states = hasPassed ? [done, runs] : [runs, { waiting: { reason: 'PodInitializing' } }];
    const initContainerStatuses = DEPENDENCIES.map((dependency, index) => ({
      name: containerName(gateName, dependency),
      image: 'waiter:1',
      imageID: 'waiter:1',
      ready: hasPassed && index === 0,
      restartCount: 0,
      state: states[index],
    }));
    const target = { namespace: this.namespace, name: pod };
    const status = { status: { phase: 'Pending', initContainerStatuses } };
    await this.#requests.patch(resourceOf('Pod'), target, status, { type: 'merge', subresource: 'status' });
  }

  /** Says of each gated Pod that its first check runs. */
  async begin(): Promise<void> {
    const all = this.gateNames.flatMap((name) => this.podsOf(name).map((pod) => [name, pod] as const));
    await inParallel(all, ([name, pod]) => this.report(name, pod, false));
  }

  /** Takes everything away, also where nobody is there who would take the finalizers off. */
  async remove(): Promise<void> {
    this.#ended.abort();
    const kind = resourceOf('DependencyGate');
    await inParallel(this.gateNames, async (name) => {
      const target = { namespace: this.namespace, name };
      await this.#requests.patch(kind, target, { metadata: { finalizers: null } }, { type: 'merge' });
    });
    await this.#requests.delete(resourceOf('Namespace'), { name: this.namespace });
    await eventually('the namespace is gone', LIMIT_MS, async () => {
      const { items } = await this.#requests.list(resourceOf('Namespace'));
      return !JSON.stringify(items).includes(`"name":"${this.namespace}"`) || undefined;
    });
  }

  #watch(): void {
    const cluster = httpCluster(this.#connection);
    cluster.watch(
      'DependencyGate',
      ({ type, object }) => {
        const { metadata, status } = gateSchema.parse(object);
        if (type === 'DELETED' || object.metadata.namespace !== this.namespace) return;
        const told = {
          isReady: status.conditions.some((one) => one.type === 'Ready' && one.status === 'True'),
          passed: status.dependencies[0]?.passed ?? 0,
          pods: status.pods?.total ?? 0,
        };
        this.#told.set(metadata.name, told);
        this.#onTold(metadata.name, told);
      },
      this.#ended.signal,
    );
    cluster.watch(
      'Pod',
      ({ type, object: { metadata } }) => {
        const name = /^app-(gate-\d+)-/.exec(metadata.name)?.[1];
        if (name === undefined || metadata.namespace !== this.namespace) return;
        const known = this.#pods.get(name) ?? new Set();
        this.#pods.set(name, known);
        const isGone = type === 'DELETED' || metadata.deletionTimestamp !== undefined;
        const isGated = metadata.labels?.[GATED_LABEL] !== undefined;
        if (isGated && !isGone) known.add(metadata.name);
        else known.delete(metadata.name);
      },
      this.#ended.signal,
    );
  }

  async #createAll(objects: readonly KubeObject[]): Promise<void> {
    await inParallel(objects, async (object) => {
      await this.#requests.create(resourceOf(object.kind), this.namespace, object);
    });
  }
}

/** Does it for each, so many at a time. */
async function inParallel<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  await new PQueue({ concurrency: AT_ONCE }).addAll(all.map((one) => () => act(one)));
}
