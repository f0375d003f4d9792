import type { KubeObject } from '../cluster.ts';
import type { ResourceType } from './served-resources.ts';
import { qualified } from './status-error.ts';

/** A write: `previous` is the object before it (undefined when ADDED), `object` after it (the last state when DELETED). */
export interface Change {
  readonly revision: number;
  readonly event: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly type: ResourceType;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

/**
 * The objects and the last `historyLimit` changes. Objects are never changed in place. All writes share one counter,
 * the resourceVersion. Listeners hear every change in order, even of changes that a listener makes.
 */
export class Store {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #uids = new Set<string | undefined>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #historyLimit: number;
  readonly #undelivered: Change[] = [];
  #history: Change[] = [];
  #delivering = false;
  /** Changes up to this revision are forgotten. */
  #forgotten = 0;
  #revision = 0;

  constructor(historyLimit: number) {
    this.#historyLimit = historyLimit;
  }

  /** The revision of the last change: the resourceVersion of a list made now. */
  get revision(): number {
    return this.#revision;
  }

  get(type: ResourceType, namespace: string, name: string): KubeObject | undefined {
    return this.#of(type).get(`${namespace}/${name}`);
  }

  /** In the order of namespace and name. */
  list(type: ResourceType, namespace?: string): readonly KubeObject[] {
    const sorted = [...this.#of(type)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
    return namespace === undefined
      ? sorted
      : sorted.filter((object) => object.metadata.namespace === namespace);
  }

  /** Whether an object with this UID exists. */
  holds(uid: string): boolean {
    return this.#uids.has(uid);
  }

  /** Stores an object under a new resourceVersion and returns it as stored. */
  put(type: ResourceType, object: KubeObject): KubeObject {
    const objects = this.#of(type);
    const key = keyOf(object);
    const previous = objects.get(key);
    const stored = this.#stamp(object);
    objects.set(key, stored);
    this.#uids.add(stored.metadata.uid);
    this.#record({ event: previous ? 'MODIFIED' : 'ADDED', type, object: stored, previous });
    return stored;
  }

  remove(type: ResourceType, object: KubeObject): void {
    if (!this.#of(type).delete(keyOf(object))) return;
    this.#uids.delete(object.metadata.uid);
    this.#record({ event: 'DELETED', type, object: this.#stamp(object), previous: object });
  }

  /** The changes after a revision; undefined when some of them are forgotten. */
  since(revision: number): readonly Change[] | undefined {
    if (revision < this.#forgotten) return undefined;
    return this.#history.filter((change) => change.revision > revision);
  }

  /** Forgets the history, as a compaction does: watches of older revisions get 410. */
  compact(): void {
    this.#history = [];
    this.#forgotten = this.#revision;
  }

  /** Calls back with every later change. Returns what ends it. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #stamp(object: KubeObject): KubeObject {
    this.#revision++;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
  }

  #of(type: ResourceType): Map<string, KubeObject> {
    const name = qualified(type);
    const found = this.#objects.get(name) ?? new Map<string, KubeObject>();
    this.#objects.set(name, found);
    return found;
  }

  #record(change: Omit<Change, 'revision'>): void {
    const recorded = { ...change, revision: this.#revision };
    this.#history.push(recorded);
    const tooOld = this.#history.splice(0, this.#history.length - this.#historyLimit).at(-1);
    if (tooOld) this.#forgotten = tooOld.revision;
    this.#undelivered.push(recorded);
    this.#deliver();
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#undelivered.shift(); next; next = this.#undelivered.shift())
        for (const listener of this.#listeners) listener(next);
    } finally {
      this.#delivering = false;
    }
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
