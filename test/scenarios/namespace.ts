import { randomUUID } from 'node:crypto';
import { ApiError, isAlreadyExists, isNotFound } from '../../src/kube/api-error.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import type { PatchOptions, Requests } from '../../src/kube/client/requests.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { collectionPath } from '../../src/kube/resource.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { eventually } from '../cluster/eventually.ts';
import type { TestCluster } from './cluster.ts';
import { type Expected, mismatches } from './expectation.ts';
import { type Call, writes } from './recorder.ts';
import { type Kind, resourceOf } from './resources.ts';
import { readTable } from './table.ts';
import {
  type GateView,
  type PodView,
  type Summary,
  summarize,
  viewGate,
  viewPod,
  viewWorkload,
  type WorkloadView,
} from './views.ts';

/** Longer than anything takes on a machine that is not stuck. */
const LIMIT_MS = 60_000;
/** Who changes what a scenario changes, unless it says otherwise. */
const MANAGER = 'somebody';

/** One scenario's namespace: what people and pipelines do in it, and what they see. */
export class Namespace {
  readonly name: string;
  readonly #cluster: TestCluster;
  readonly #requests: Requests;

  constructor(cluster: TestCluster) {
    this.name = `story-${randomUUID().slice(0, 8)}`;
    this.#cluster = cluster;
    this.#requests = createRequests({ connection: cluster.connection, clock: systemClock });
  }

  /** Makes it, with the ServiceAccount that Pods need and that a real cluster makes too, a little later. */
  async open(): Promise<void> {
    await this.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.name } });
    try {
      await this.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  /** Lets it go with all that is in it, and does not wait for that. */
  async close(): Promise<void> {
    await this.delete('Namespace', this.name);
  }

  async create(...objects: readonly KubeObject[]): Promise<void> {
    for (const object of objects)
      await this.#requests.create(resourceOf(object.kind), this.name, object, {
        fieldManager: MANAGER,
        fieldValidation: 'Strict',
      });
  }

  /** What the API server has against an object; nothing is stored. */
  async refusal(object: KubeObject): Promise<ApiError | undefined> {
    const options = { dryRun: true, fieldValidation: 'Strict' } as const;
    try {
      await this.#requests.create(resourceOf(object.kind), this.name, object, options);
      return undefined;
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  /** Patches an object: a JSON merge patch, unless the options say otherwise. */
  async patch(kind: Kind, name: string, patch: unknown, options: Partial<PatchOptions> = {}): Promise<void> {
    const target = { namespace: this.name, name };
    await this.#requests.patch(resourceOf(kind), target, patch, {
      type: 'merge',
      fieldManager: MANAGER,
      ...options,
    });
  }

  /** That it is gone already is fine. */
  async delete(kind: Kind, name: string): Promise<void> {
    try {
      await this.#requests.delete(resourceOf(kind), { namespace: this.name, name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Undefined where there is none. */
  async get(kind: Kind, name: string): Promise<unknown> {
    try {
      return await this.#requests.get(resourceOf(kind), { namespace: this.name, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list(kind: Kind, labelSelector?: string): Promise<readonly unknown[]> {
    return (await this.#requests.list(resourceOf(kind), { namespace: this.name, labelSelector })).items;
  }

  async gate(name: string): Promise<GateView> {
    return viewGate(await this.get('DependencyGate', name));
  }

  async workload(name: string, kind: Kind = 'Deployment'): Promise<WorkloadView> {
    return viewWorkload(await this.get(kind, name));
  }

  /** The Pods of an app that are not about to end, the oldest first. */
  async pods(app: string): Promise<PodView[]> {
    const pods = (await this.list('Pod', `app=${app}`)).map(viewPod);
    const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return living.toSorted((a, b) =>
      a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp),
    );
  }

  async replicaSets(app: string): Promise<WorkloadView[]> {
    return (await this.list('ReplicaSet', `app=${app}`)).map(viewWorkload);
  }

  /** Waits until the attempt gives something other than undefined, and gives that. */
  async until<T>(
    what: string,
    attempt: () => Promise<T | undefined> | T | undefined,
    limitMs = LIMIT_MS,
  ): Promise<T> {
    return eventually(what, limitMs, attempt);
  }

  /** Waits until the gate's status speaks of its spec and is as expected. */
  async untilGate(name: string, expected: Expected<Summary>): Promise<GateView> {
    return this.until(`gate ${name} is as expected`, async () => {
      const gate = await this.gate(name);
      const left = mismatches(summarize(gate), { isSeen: true, ...expected });
      if (left.length > 0) throw new Error(left.join('; '));
      return gate;
    });
  }

  /** Waits until so many of the app's Pods, whatever the others do, are as the predicate wants them. */
  async untilPods(
    app: string,
    count: number,
    what: string,
    holds: (pod: PodView) => boolean,
  ): Promise<PodView[]> {
    return this.until(`${count} of the Pods of ${app} ${what}`, async () => {
      const pods = await this.pods(app);
      const found = pods.filter(holds);
      if (found.length === count) return found;
      throw new Error(pods.map(({ metadata, status }) => `${metadata.name} is ${status.phase}`).join(', '));
    });
  }

  async untilWorkload(
    name: string,
    what: string,
    holds: (workload: WorkloadView) => boolean,
    kind: Kind = 'Deployment',
  ): Promise<WorkloadView> {
    return this.until(`${kind} ${name} ${what}`, async () => {
      const workload = await this.workload(name, kind);
      return holds(workload) ? workload : undefined;
    });
  }

  async untilGone(kind: Kind, name: string): Promise<void> {
    await this.until(`${kind} ${name} is gone`, async () =>
      (await this.get(kind, name)) === undefined ? true : undefined,
    );
  }

  /** The API server's table, as `kubectl get` prints it: by the object's name, the cells by their column. */
  async table(kind: Kind): Promise<Map<string, Record<string, string>>> {
    const accept = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const path = collectionPath(resourceOf(kind), this.name);
    const signal = AbortSignal.timeout(LIMIT_MS);
    const answer = await this.#cluster.connection.fetch(path, { method: 'GET', headers: accept, signal });
    return readTable(JSON.parse(await answer.text()));
  }

  /** The lines that a Pod's container has written. */
  log(pod: string, container: string): string[] {
    const read = this.#cluster.logs.read({ namespace: this.name, pod, container, previous: false });
    return (read?.lines ?? []).map(({ text }) => text);
  }

  /** `kubectl apply` of these objects, on the client's side. */
  async apply(...objects: readonly KubeObject[]): Promise<string> {
    // A stream that began with a brace would be taken for JSON, which has no `---`.
    const input = objects.map((object) => `---\n${JSON.stringify(object)}\n`).join('');
    return this.kubectl(['apply', '-f', '-'], input);
  }

  /** @param onErrorLine called with each line of its standard error, where warnings are */
  async kubectl(
    args: readonly string[],
    input = '',
    onErrorLine: (line: string) => void = () => {},
  ): Promise<string> {
    const { kubectl } = this.#cluster;
    if (!kubectl) throw new Error('there is no kubectl: see `needsKubectl`');
    return kubectl(['--namespace', this.name, ...args], { input, onErrorLine });
  }

  /** Waits until the operator has ended another reconcile for the gate. */
  async untilPass(gate: string): Promise<void> {
    const { operator } = this.#cluster;
    const key = `${this.name}/${gate}`;
    const before = operator.passes(key);
    await this.until(`a reconcile for gate ${gate}`, () =>
      operator.passes(key) > before ? true : undefined,
    );
  }

  /** The operator's requests about this namespace that can change something, Events apart. */
  writes(): Call[] {
    const inside = `/namespaces/${this.name}/`;
    return writes(this.#cluster.operator.calls).filter(
      ({ path }) => path.includes(inside) && !path.includes('/events'),
    );
  }

  /** The same with the status of each: a watch may tell what was written before its answer comes. */
  answeredWrites(): Promise<Call[]> {
    return this.until('the writes are answered', () => {
      const made = this.writes();
      return made.some(({ isUnderWay }) => isUnderWay) ? undefined : made;
    });
  }
}
