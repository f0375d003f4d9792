import { type Key, keyOf, type Meta } from '../object.ts';

/** What happened to one object. */
export type StoreChange<T> = {
  readonly key: Key;
  /** Whether it was there before anything was known: the first list, and not somebody's doing. */
  readonly initial: boolean;
} & (
  | { readonly type: 'added'; readonly before: undefined; readonly after: T }
  /** The object's `uid` differs when it was deleted and made again while nobody looked. */
  | { readonly type: 'updated'; readonly before: T; readonly after: T }
  | { readonly type: 'removed'; readonly before: T; readonly after: undefined }
);

/** The values under which an object is found. Pure, and must not throw. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** What those who read see of a store. */
export interface View<T extends Meta, Index extends string = never> {
  readonly size: number;
  get(key: Key): T | undefined;
  values(): Iterable<T>;
  byIndex(index: Index, value: string): readonly T[];
  /** Calls `listener` after each change, when the store already shows it. Gives the function that ends this. */
  subscribe(listener: (change: StoreChange<T>) => void): () => void;
}

/** What a reflector writes. */
export interface Sink<T extends Meta> {
  get(key: Key): T | undefined;
  set(object: T): void;
  delete(key: Key): void;
  /**
   * All objects at once: what is not among them is removed.
   *
   * @param anew a version that is known may say something else now, and takes the place of what it said
   */
  replace(objects: ReadonlyMap<Key, T>, initial: boolean, anew?: boolean): void;
}

/**
 * The objects of one resource, by key and by named indexes. It holds what the API server last said and nothing else.
 */
export class Store<T extends Meta, Index extends string = never> implements View<T, Index>, Sink<T> {
  readonly #functions: ReadonlyMap<string, IndexFunction<T>>;
  readonly #listeners = new Set<(change: StoreChange<T>) => void>();
  #objects = new Map<Key, T>();
  /** index → value → key → object; values without objects are not there. */
  readonly #indexes = new Map<string, Map<string, Map<Key, T>>>();

  constructor(indexes: Readonly<Record<Index, IndexFunction<T>>>) {
    this.#functions = new Map(Object.entries<IndexFunction<T>>(indexes));
    for (const name of this.#functions.keys()) this.#indexes.set(name, new Map());
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: Key): T | undefined {
    return this.#objects.get(key);
  }

  values(): Iterable<T> {
    return this.#objects.values();
  }

  byIndex(index: Index, value: string): readonly T[] {
    return [...(this.#indexes.get(index)?.get(value)?.values() ?? [])];
  }

  subscribe(listener: (change: StoreChange<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(object: T): void {
    this.#emit([this.#put(object, false)]);
  }

  delete(key: Key): void {
    this.#emit([this.#remove(key, false)]);
  }

  replace(objects: ReadonlyMap<Key, T>, initial: boolean, anew = false): void {
    const gone = [...this.#objects.keys()].filter((key) => !objects.has(key));
    const removed = gone.map((key) => this.#remove(key, initial));
    const put = [...objects.values()].map((object) => this.#put(object, initial, anew));
    this.#emit([...removed, ...put]);
  }

  /** Nothing when this very version is known: a list that is taken again mostly says what is known. */
  #put(after: T, initial: boolean, anew = false): StoreChange<T> | undefined {
    const key = keyOf(after);
    const before = this.#objects.get(key);
    const isKnown = before?.uid === after.uid && before.resourceVersion === after.resourceVersion;
    if (isKnown && (!anew || before === after)) return undefined;
    if (before) this.#unindex(key, before);
    this.#objects.set(key, after);
    this.#index(key, after);
    return before
      ? { type: 'updated', key, before, after, initial }
      : { type: 'added', key, before, after, initial };
  }

  #remove(key: Key, initial: boolean): StoreChange<T> | undefined {
    const before = this.#objects.get(key);
    if (!before) return undefined;
    this.#objects.delete(key);
    this.#unindex(key, before);
    return { type: 'removed', key, before, after: undefined, initial };
  }

  #index(key: Key, object: T): void {
    for (const [name, valuesOf] of this.#functions) {
      for (const value of valuesOf(object)) {
        const values = this.#indexes.get(name);
        const found = values?.get(value);
        if (found) found.set(key, object);
        else values?.set(value, new Map([[key, object]]));
      }
    }
  }

  #unindex(key: Key, object: T): void {
    for (const [name, valuesOf] of this.#functions) {
      for (const value of valuesOf(object)) {
        const found = this.#indexes.get(name)?.get(value);
        found?.delete(key);
        if (found?.size === 0) this.#indexes.get(name)?.delete(value);
      }
    }
  }

  /** A listener that throws keeps no other from hearing of any change. */
  #emit(changes: readonly (StoreChange<T> | undefined)[]): void {
    const errors: unknown[] = [];
    for (const change of changes) {
      if (!change) continue;
      for (const listener of this.#listeners) {
        try {
          listener(change);
        } catch (error) {
          errors.push(error);
        }
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'a listener of the store failed');
  }
}
