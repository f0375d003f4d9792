import { type Key, keyOf, type Meta } from '../object.ts';
import type { Sink, Store } from './store.ts';

/** The part of a store that is one namespace's: several reflectors fill a store, and none removes what is another's. */
export function partOf<T extends Meta, Index extends string>(
  store: Store<T, Index>,
  namespace: string,
): Sink<T> {
  return {
    get: (key) => store.get(key),
    set: (object) => store.set(object),
    delete: (key) => store.delete(key),
    replace: (objects, initial, anew) => {
      const others = [...store.values()].filter((one) => one.namespace !== namespace);
      store.replace(
        new Map<Key, T>([...others.map((one) => [keyOf(one), one] as const), ...objects]),
        initial,
        anew,
      );
    },
  };
}
