import { apply } from 'json-merge-patch';
import type { Cluster, ClusterEvent, KubeObject, ObjectReference } from '../../../src/sandbox/cluster.ts';

class StatusError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

/** As much of an API server as the simulators can tell apart from a real one; it counts the writes that changed something. */
export class ClusterDouble implements Cluster {
  readonly #objects = new Map<string, KubeObject>();
  readonly #watches = new Map<string, Set<(event: ClusterEvent) => void>>();
  readonly #now: () => number;
  #version = 0;
  /** What the next writes are answered with instead of being done. */
  readonly failures: number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  get writes(): number {
    return this.#version;
  }

  get watches(): number {
    return [...this.#watches.values()].reduce((sum, set) => sum + set.size, 0);
  }

  all(kind: string): KubeObject[] {
    return [...this.#objects.values()].filter((object) => object.kind === kind);
  }

  get(kind: string, name: string): KubeObject | undefined {
    return this.#objects.get(`${kind}/default/${name}`);
  }

  watch(kind: string, onEvent: (event: ClusterEvent) => void, signal: AbortSignal): void {
    const watches = this.#watches.get(kind) ?? new Set();
    this.#watches.set(kind, watches.add(onEvent));
    signal.addEventListener('abort', () => watches.delete(onEvent), { once: true });
    for (const object of this.all(kind)) onEvent({ type: 'ADDED', object });
  }

  async create(object: KubeObject): Promise<KubeObject> {
    this.#fail();
    const key = keyOf({ kind: object.kind, ...object.metadata });
    if (this.#objects.has(key)) throw new StatusError(409);
    const creationTimestamp = new Date(this.#now()).toISOString();
    const metadata = {
      namespace: 'default',
      ...object.metadata,
      uid: `uid-${this.#version}`,
      creationTimestamp,
      generation: 1,
    };
    return this.#put('ADDED', { ...JSON.parse(JSON.stringify(object)), metadata });
  }

  async patch(
    target: ObjectReference,
    patch: Readonly<Record<string, unknown>>,
    subresource?: 'status',
  ): Promise<KubeObject> {
    this.#fail();
    const before = this.#find(target);
    const { metadata } = patch as { metadata?: { resourceVersion?: string } };
    if (metadata?.resourceVersion && metadata.resourceVersion !== before.metadata.resourceVersion)
      throw new StatusError(409);
    const after = apply(structuredClone(before), JSON.parse(JSON.stringify(patch))) as KubeObject;
    // Annotations of built-in kinds go with the status too, as on a real API server.
    const annotated = { ...before.metadata, annotations: after.metadata.annotations ?? {} };
    const limited: KubeObject = subresource
      ? { ...before, metadata: annotated, status: after.status }
      : { ...after, status: before.status };
    if (JSON.stringify(limited) === JSON.stringify(before)) return before;
    const changed = JSON.stringify(limited.spec) !== JSON.stringify(before.spec);
    const generation = (before.metadata.generation ?? 0) + Number(changed);
    return this.#put('MODIFIED', { ...limited, metadata: { ...limited.metadata, generation } });
  }

  async delete(target: ObjectReference): Promise<void> {
    this.#fail();
    const object = this.#find(target);
    const bound = object.kind === 'Pod' && (object.spec as { nodeName?: string }).nodeName !== undefined;
    if (bound && !object.metadata.deletionTimestamp) {
      const deletionTimestamp = new Date(this.#now()).toISOString();
      this.#put('MODIFIED', { ...object, metadata: { ...object.metadata, deletionTimestamp } });
      return;
    }
    this.#objects.delete(keyOf(target));
    this.#put('DELETED', object);
    for (const dependent of [...this.#objects.values()]) {
      const owned = dependent.metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid);
      if (owned) await this.delete({ kind: dependent.kind, ...dependent.metadata });
    }
  }

  #fail(): void {
    const status = this.failures.shift();
    if (status !== undefined) throw new StatusError(status);
  }

  #find(target: ObjectReference): KubeObject {
    const found = this.#objects.get(keyOf(target));
    if (!found) throw new StatusError(404);
    return found;
  }

  #put(type: ClusterEvent['type'], object: KubeObject): KubeObject {
    this.#version++;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    if (type !== 'DELETED') this.#objects.set(keyOf({ kind: stored.kind, ...stored.metadata }), stored);
    // Later than the answer of the write, as over a connection.
    setImmediate(() => {
      for (const watch of [...(this.#watches.get(stored.kind) ?? [])]) watch({ type, object: stored });
    });
    return stored;
  }
}

function keyOf({ kind, namespace = 'default', name }: ObjectReference): string {
  return `${kind}/${namespace}/${name}`;
}
