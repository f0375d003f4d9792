import { MAX_SELECTED } from '../../api/pod-match.ts';
import { own } from '../../core/evaluate/object-facts.ts';
import { type Key, keyOf, type ObjectKey } from '../../kube/object.ts';

/** An object as selectors see it. */
export interface Selectable extends ObjectKey {
  readonly labels: Readonly<Record<string, string>>;
}

/** What gates select by labels, as if it were one object. */
export interface Selection {
  /** Its namespace, and a name that no object has. */
  readonly object: ObjectKey;
  readonly matchLabels: Readonly<Record<string, string>>;
}

interface Kept {
  readonly selection: Selection;
  /** The objects that are kept for it. */
  readonly keys: Set<Key>;
  /** One was not kept, since there were too many. */
  isTooMany: boolean;
}

/** The selections of one kind, and which objects are kept for each: at most {@link MAX_SELECTED}. */
export class Selections {
  readonly #all = new Map<Key, Kept>();
  readonly #byNamespace = new Map<string, Set<Kept>>();

  add(selection: Selection): void {
    const key = keyOf(selection.object);
    if (this.#all.has(key)) return;
    const kept: Kept = { selection, keys: new Set(), isTooMany: false };
    this.#all.set(key, kept);
    const { namespace } = selection.object;
    this.#byNamespace.set(namespace, (this.#byNamespace.get(namespace) ?? new Set()).add(kept));
  }

  drop({ namespace, name }: ObjectKey): void {
    const kept = this.#all.get(keyOf({ namespace, name }));
    if (!kept) return;
    this.#all.delete(keyOf({ namespace, name }));
    const others = this.#byNamespace.get(namespace);
    others?.delete(kept);
    if (others?.size === 0) this.#byNamespace.delete(namespace);
  }

  get(object: ObjectKey): Readonly<Pick<Kept, 'selection' | 'isTooMany'>> | undefined {
    return this.#all.get(keyOf(object));
  }

  /** Those that an object is of. */
  of(object: Selectable): Selection[] {
    return this.#matching(object).map(({ selection }) => selection);
  }

  /** Whether an object that was read is to be kept for any of them. */
  admit(object: Selectable): boolean {
    const key = keyOf(object);
    const admitted = this.#matching(object).filter((kept) => {
      if (!kept.keys.has(key) && kept.keys.size >= MAX_SELECTED) kept.isTooMany = true;
      else kept.keys.add(key);
      return kept.keys.has(key);
    });
    return admitted.length > 0;
  }

  /** An object is there no longer. */
  release(object: Selectable): void {
    for (const { keys } of this.#matching(object)) keys.delete(keyOf(object));
  }

  /** Of a list that is complete: what was read of it and is not there was deleted meanwhile. */
  renew(isThere: (key: Key) => boolean): void {
    for (const { keys } of this.#all.values()) {
      for (const key of keys) if (!isThere(key)) keys.delete(key);
    }
  }

  /** Those of which objects were left out and for which there is room again: they are to be listed. Each is told once. */
  takeIncomplete(): Selection[] {
    const found = [...this.#all.values()].filter(
      ({ isTooMany, keys }) => isTooMany && keys.size < MAX_SELECTED,
    );
    for (const kept of found) kept.isTooMany = false;
    return found.map(({ selection }) => selection);
  }

  #matching(object: Selectable): Kept[] {
    const kept = [...(this.#byNamespace.get(object.namespace) ?? [])];
    return kept.filter(({ selection }) => isSelected(object, selection));
  }
}

/** Whether an object has all the labels. */
export function isSelected({ labels }: Pick<Selectable, 'labels'>, { matchLabels }: Selection): boolean {
  return Object.entries(matchLabels).every(([key, value]) => own(labels, key) === value);
}
