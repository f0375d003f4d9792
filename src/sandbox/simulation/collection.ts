import type { z } from 'zod';
import { canonicalJson } from '../../core/canonical.ts';
import type { Cluster, ClusterEvent, KubeObject } from '../cluster.ts';
import type { Held } from './objects.ts';

/** `namespace/name`: what the loops hold. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
  return `${object.metadata.namespace ?? 'default'}/${object.metadata.name}`;
}

/** Hears of every object that is there, and then of every change, as it was last where it is deleted. */
export type Listener<T> = (object: T) => void;

/**
 * The objects of one kind as the watch last told them, and the writes to them. Every write resolves only when the watch
 * has told of it: a loop that awaits its writes never acts twice on one observation (it would make every Pod twice).
 * An object without the fields that the simulators need (a real API server would have refused it) counts as absent.
 */
export class Collection<T extends Held> {
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal;
  readonly #kind: T['kind'];
  readonly #objects = new Map<string, { readonly raw: KubeObject; readonly parsed: T }>();
  readonly #listeners = new Set<Listener<T>>();
  readonly #waiting = new Set<() => void>();
  /** The newest resource version that the watch has told of. Those of a kind are told in order. */
  #seen = 0;

  constructor(cluster: Cluster, kind: T['kind'], schema: z.ZodType<T>, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#signal = signal;
    this.#kind = kind;
    signal.addEventListener('abort', () => this.#release(), { once: true });
    cluster.watch(kind, (event) => this.#take(event, schema.safeParse(event.object).data), signal);
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)?.parsed;
  }

  all(): T[] {
    return [...this.#objects.values()].map(({ parsed }) => parsed);
  }

  /** The objects that an owner has brought about. */
  ownedBy(owner: Held): T[] {
    return this.all().filter(({ metadata }) =>
      metadata.ownerReferences.some(({ controller, uid }) => controller && uid === owner.metadata.uid),
    );
  }

  listen(listener: Listener<T>): void {
    this.#listeners.add(listener);
    for (const object of this.all()) listener(object);
  }

  async create(object: KubeObject): Promise<void> {
    await this.#told(await this.#cluster.create(object));
  }

  /** A merge patch that holds only while the object is the one that was observed. */
  async patch(observed: T, patch: Readonly<Record<string, unknown>>, subresource?: 'status'): Promise<void> {
    const { resourceVersion } = observed.metadata;
    const metadata = { ...(patch.metadata ?? {}), resourceVersion };
    const body = { ...patch, metadata };
    await this.#told(await this.#cluster.patch(this.#reference(observed), body, subresource));
  }

  /** Sets the fields of a status that differ from what is there (undefined: to be absent); writes nothing when none does. */
  async setStatus(observed: T, status: Readonly<Record<string, unknown>>): Promise<void> {
    const raw = this.#objects.get(keyOf(observed))?.raw.status;
    const current: Record<string, unknown> = typeof raw === 'object' && raw !== null ? { ...raw } : {};
    const changes = Object.entries(status).filter(
      ([field, value]) => canonicalJson(value) !== canonicalJson(current[field]),
    );
    if (changes.length === 0) return;
    const patch = { status: Object.fromEntries(changes.map(([field, value]) => [field, value ?? null])) };
    await this.#told(await this.#cluster.patch(this.#reference(observed), patch, 'status'));
  }

  /** Resolves when the object is gone or about to go; that it was gone already is fine. */
  async delete(observed: T): Promise<void> {
    try {
      await this.#cluster.delete(this.#reference(observed));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    await this.#until(() => {
      const now = this.get(keyOf(observed))?.metadata;
      return now?.uid !== observed.metadata.uid || now.deletionTimestamp !== undefined;
    });
  }

  #reference({ metadata: { namespace, name } }: T) {
    return { kind: this.#kind, namespace, name };
  }

  #told(written: KubeObject): Promise<void> {
    const version = Number(written.metadata.resourceVersion);
    return this.#until(() => this.#seen >= version);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.#signal.aborted) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #take({ type, object }: ClusterEvent, parsed: T | undefined): void {
    this.#seen = Math.max(this.#seen, Number(object.metadata.resourceVersion));
    const key = keyOf(object);
    const told = parsed ?? this.get(key);
    if (parsed && type !== 'DELETED') this.#objects.set(key, { raw: object, parsed });
    else this.#objects.delete(key);
    this.#release();
    if (told) for (const listener of this.#listeners) listener(told);
  }

  #release(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 404;
}
