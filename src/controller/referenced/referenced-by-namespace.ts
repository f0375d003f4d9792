import type { Referenced } from '../../core/evaluate/references.ts';
import { ReferencedWatches } from './referenced-watches.ts';
import type { Look, WatchedKindOptions } from './watched-kind.ts';

/**
 * What gates are evaluated by, of all namespaces at once, or of some, each watched by itself: whoever may list a kind in
 * one namespace may not list it in all.
 */
export class ReferencedObjects {
  readonly #all: ReferencedWatches | undefined;
  readonly #byNamespace: ReadonlyMap<string, ReferencedWatches>;

  /** @param namespaces undefined: all */
  constructor(options: WatchedKindOptions, namespaces: readonly string[] | undefined) {
    this.#all = namespaces ? undefined : new ReferencedWatches(options);
    this.#byNamespace = new Map(
      (namespaces ?? []).map((one) => [one, new ReferencedWatches(within(options, one))]),
    );
  }

  start(): void {
    for (const watches of this.#watches) watches.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#watches.map((watches) => watches.stop()));
  }

  /** What is there of a reference, seen from a namespace; undefined where nothing is known yet. */
  look(reference: Referenced, namespace: string): Look | undefined {
    return (this.#all ?? this.#byNamespace.get(namespace))?.look(reference, namespace);
  }

  get #watches(): ReferencedWatches[] {
    return [...(this.#all ? [this.#all] : []), ...this.#byNamespace.values()];
  }
}

function within(options: WatchedKindOptions, namespace: string): WatchedKindOptions {
  const { gates } = options;
  return {
    ...options,
    namespace,
    gates: {
      byIndex: (index, value) => gates.byIndex(index, value).filter((gate) => gate.namespace === namespace),
      subscribe: (listener) =>
        gates.subscribe((change) => {
          if ((change.after ?? change.before).namespace === namespace) listener(change);
        }),
    },
  };
}
