import { kindKey, type Referenced } from '../../core/evaluate/references.ts';
import { type ReferencedKey, referencesOf } from './reference-index.ts';
import { type Look, WatchedKind, type WatchedKindOptions } from './watched-kind.ts';

/**
 * Watches the kinds that gates are evaluated by: one watch for a kind, begun when the first gate needs it and ended when
 * the last one is gone. Whatever happened to a gate, each kind and object that it names or has named is brought in line
 * with the gates that there are now, so no order of changes matters.
 */
export class ReferencedWatches {
  readonly #options: WatchedKindOptions;
  readonly #kinds = new Map<string, WatchedKind>();
  #unsubscribe = () => {};

  constructor(options: WatchedKindOptions) {
    this.#options = options;
  }

  /** Kinds that are watched. */
  get size(): number {
    return this.#kinds.size;
  }

  start(): void {
    this.#unsubscribe = this.#options.gates.subscribe(({ before, after }) => {
      const references = [before, after].flatMap((gate) => (gate ? referencesOf(gate) : []));
      for (const [key, ofKind] of Map.groupBy(references, ({ kind }) => kindKey(kind))) {
        this.#update(key, ofKind);
      }
    });
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    const all = [...this.#kinds.values()];
    this.#kinds.clear();
    await Promise.all(all.map((kind) => kind.stop()));
  }

  /** What is there of a reference, seen from a namespace; undefined where nothing is known yet. */
  look(reference: Referenced, namespace: string): Look | undefined {
    return this.#kinds.get(kindKey(reference))?.look(reference, namespace);
  }

  #update(key: string, references: readonly ReferencedKey[]): void {
    const known = this.#kinds.get(key);
    const [first] = references;
    if (this.#options.gates.byIndex('kind', key).length === 0) {
      this.#kinds.delete(key);
      void known?.stop();
    } else if (first) {
      const watched = known ?? new WatchedKind(first.kind, this.#options);
      for (const one of references) watched.update(one);
      if (known) return;
      this.#kinds.set(key, watched);
      watched.start();
    }
  }
}
