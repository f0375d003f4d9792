import { ApiError } from '../../../src/kube/api-error.ts';
import type { List, Requests, Selection, WatchBody, WatchQuery } from '../../../src/kube/client/requests.ts';
import { nameOf, type Resource } from '../../../src/kube/resource.ts';

/** An object as an API server sends it. */
export interface Raw {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, unknown>>;
    readonly managedFields?: readonly object[];
  };
  readonly [field: string]: unknown;
}

interface OpenWatch {
  readonly of: string;
  readonly namespace: string | undefined;
  readonly lines: string[];
  wake: () => void;
  isEnded: boolean;
}

export const jobs: Resource = { group: 'batch', version: 'v1', plural: 'jobs', namespaced: true };
export const refused = (status: number) =>
  new ApiError({ status, reason: 'Said', message: `said ${status}` });

/**
 * An API server in memory, as far as discovery, lists and watches go. It knows WatchList and does what it is told; what it
 * was asked stands in `story`.
 */
export class FakeKinds implements Pick<Requests, 'resources' | 'pages' | 'watch'> {
  readonly story: string[] = [];
  /** What is served, by kind. */
  readonly served = new Map<string, Resource>();
  /** Answers in place of the next discoveries and watches, in their order. */
  readonly failures: { readonly resources: unknown[]; readonly watch: unknown[] } = {
    resources: [],
    watch: [],
  };
  /** Discovery and lists get no answer for now. */
  holding: { readonly resources?: boolean; readonly lists?: boolean } = {};
  readonly #objects = new Map<string, Map<string, Raw>>();
  readonly #watches = new Set<OpenWatch>();
  #version = 10;

  /** Watches that are open now. */
  get open(): number {
    return this.#watches.size;
  }

  /** The requests since the last call. */
  news(): string[] {
    return this.story.splice(0);
  }

  async resources(group: string, version: string, signal?: AbortSignal): Promise<unknown> {
    this.story.push(`discover ${[group, version].filter(Boolean).join('/')}`);
    if (this.holding.resources) await forever(signal);
    const failure = this.failures.resources.shift();
    if (failure) throw failure;
    const found = [...this.served].filter(([, one]) => one.group === group && one.version === version);
    if (found.length === 0) throw refused(404);
    return {
      resources: found.map(([kind, { plural, namespaced }]) => ({
        ...{ name: plural, kind, namespaced },
        verbs: ['list', 'watch'],
      })),
    };
  }

  // biome-ignore lint/correctness/useYield: it only ever refuses
  async *pages(): AsyncGenerator<List> {
    throw refused(500);
  }

  async watch(
    resource: Resource,
    { namespace }: Selection,
    { sendInitialEvents }: WatchQuery,
    signal: AbortSignal,
  ): Promise<WatchBody> {
    const of = nameOf(resource);
    const where = namespace === undefined ? '' : ` in ${namespace}`;
    this.story.push(`${sendInitialEvents ? 'list' : 'watch'} ${resource.plural}${where}`);
    const failure = this.failures.watch.shift();
    if (failure) throw failure;
    const initial = sendInitialEvents ? this.#initial(of, namespace) : [];
    const one: OpenWatch = { of, namespace, lines: initial, wake: () => {}, isEnded: false };
    this.#watches.add(one);
    signal.addEventListener('abort', () => this.#end(one), { once: true });
    return { isProtobuf: false, chunks: this.#stream(one) };
  }

  /** Makes or changes an object, and tells the watches. */
  put(resource: Resource, raw: Raw): void {
    const of = nameOf(resource);
    const objects = this.#objects.get(of) ?? new Map<string, Raw>();
    this.#objects.set(of, objects);
    const key = `${raw.metadata.namespace}/${raw.metadata.name}`;
    const type = objects.has(key) ? 'MODIFIED' : 'ADDED';
    const uid = raw.metadata.uid ?? `uid-${raw.metadata.name}`;
    const object = { ...raw, metadata: { uid, ...raw.metadata, resourceVersion: this.#next() } };
    objects.set(key, object);
    this.#tell(of, { type, object });
  }

  delete(resource: Resource, namespace: string, name: string): void {
    const of = nameOf(resource);
    const object = this.#objects.get(of)?.get(`${namespace}/${name}`);
    this.#objects.get(of)?.delete(`${namespace}/${name}`);
    if (object)
      this.#tell(of, {
        type: 'DELETED',
        object: { ...object, metadata: { ...object.metadata, resourceVersion: this.#next() } },
      });
  }

  /** An ERROR event, as of a resource version that has expired. */
  fail(resource: Resource, code: number): void {
    this.#tell(nameOf(resource), {
      type: 'ERROR',
      object: { kind: 'Status', code, reason: 'Said', message: `said ${code}` },
    });
  }

  /** Ends the open watches in order. */
  endWatches(): void {
    for (const one of this.#watches) this.#end(one);
  }

  /** Lists that were held are answered. */
  release(): void {
    this.holding = {};
    for (const one of this.#watches) {
      if (one.lines.length === 0) one.lines.push(...this.#initial(one.of, one.namespace));
      one.wake();
    }
  }

  #initial(of: string, namespace: string | undefined): string[] {
    if (this.holding.lists) return [];
    const objects = [...(this.#objects.get(of)?.values() ?? [])].filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
    );
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    const end = { type: 'BOOKMARK', object: { metadata: { resourceVersion: this.#next(), annotations } } };
    return [...objects.map((object) => ({ type: 'ADDED', object })), end].map(line);
  }

  #tell(of: string, event: object): void {
    for (const one of this.#watches) {
      if (one.of !== of || this.holding.lists) continue;
      one.lines.push(line(event));
      one.wake();
    }
  }

  async *#stream(one: OpenWatch): AsyncGenerator<Uint8Array> {
    while (!one.isEnded) {
      const next = one.lines.shift();
      if (next !== undefined) yield new TextEncoder().encode(next);
      else
        await new Promise<void>((resolve) => {
          one.wake = resolve;
        });
    }
  }

  #end(one: OpenWatch): void {
    one.isEnded = true;
    this.#watches.delete(one);
    one.wake();
  }

  #next(): string {
    this.#version += 1;
    return String(this.#version);
  }
}

function line(event: object): string {
  return `${JSON.stringify(event)}\n`;
}

function forever(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
