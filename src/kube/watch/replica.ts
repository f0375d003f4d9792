import { type Key, keyOf, type Meta, metaOf } from '../object.ts';
import type { Sink } from './store.ts';

/**
 * Turns an object as it was sent into what is kept of it, or into nothing when it is of no interest. Items of lists
 * come without `apiVersion` and `kind`. What it throws is reported, and the object's last readable version stays.
 *
 * @param known what was kept of the version before, where a watch tells of a change. A list is read anew, since it is what
 *   repairs what was kept.
 */
export type Project<T> = (raw: unknown, known?: T) => T | undefined;

/**
 * Carries what the API server says into a store: event by event, or gathered and then swapped in as a whole, so that a
 * list that breaks off leaves no trace.
 */
export class Replica<T extends Meta> {
  readonly #store: Sink<T>;
  readonly #project: Project<T>;
  readonly #onError: (error: Error) => void;
  #gathered: Map<Key, T> | undefined;

  constructor(store: Sink<T>, project: Project<T>, onError: (error: Error) => void) {
    this.#store = store;
    this.#project = project;
    this.#onError = onError;
  }

  /** Whether a list is being gathered. */
  get gathering(): boolean {
    return this.#gathered !== undefined;
  }

  /** From here on everything is gathered; what was gathered before is dropped. */
  begin(): void {
    this.#gathered = new Map();
  }

  /** Swaps in what was gathered; `anew` also where it is of versions that are known. */
  commit(initial: boolean, anew = false): void {
    const gathered = this.#gathered ?? new Map<Key, T>();
    this.#gathered = undefined;
    this.#store.replace(gathered, initial, anew);
  }

  put(raw: unknown): void {
    const key = keyOf(metaOf(raw));
    const object = this.#read(key, raw);
    if (!object) this.#delete(key);
    else if (this.#gathered) this.#gathered.set(key, object);
    else this.#store.set(object);
  }

  remove(raw: unknown): void {
    this.#delete(keyOf(metaOf(raw)));
  }

  #delete(key: Key): void {
    if (this.#gathered) this.#gathered.delete(key);
    else this.#store.delete(key);
  }

  /**
   * An object that is there but cannot be read is not taken for deleted: whoever reads the store would undo what it
   * did for it.
   */
  #read(key: Key, raw: unknown): T | undefined {
    try {
      return this.#project(raw, this.#gathered ? undefined : this.#store.get(key));
    } catch (cause) {
      this.#onError(new Error(`cannot read ${key}`, { cause }));
      return this.#gathered?.get(key) ?? this.#store.get(key);
    }
  }
}
