import { kindKey, type Referenced, type ReferencedKind } from '../../core/evaluate/references.ts';
import type { Gate, JsonObject } from '../../core/model.ts';
import type { Random } from '../../kube/backoff.ts';
import type { Requests } from '../../kube/client/requests.ts';
import type { Clock } from '../../kube/clock.ts';
import { type Key, keyOf, type ObjectKey } from '../../kube/object.ts';
import type { Resource } from '../../kube/resource.ts';
import { type KindState, KindWatch } from '../../kube/watch/kind-watch.ts';
import { Store, type View } from '../../kube/watch/store.ts';
import { type ReferencedKey, referenceValue } from './reference-index.ts';
import { projectReferenced, type ReferencedObject, remembers } from './referenced-object.ts';
import { isSelected, type Selectable, Selections } from './selections.ts';
import { Tombstones } from './tombstones.ts';

export interface WatchedKindOptions {
  readonly requests: Pick<Requests, 'resources' | 'pages' | 'watch'>;
  readonly gates: Pick<View<Gate, 'kind' | 'reference'>, 'byIndex' | 'subscribe'>;
  /** What is seen of kinds that have namespaces; default all of them. */
  readonly namespace?: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Is told of each gate that a change may matter to. */
  readonly onAffected: (gate: Gate) => void;
  /** Is told what went wrong and is tried again. */
  readonly onError: (kind: string, error: Error) => void;
}

/** What a watch shows of an object. */
export type Look =
  | { readonly is: 'unknown' | 'forbidden'; readonly resource: Resource | undefined }
  /** Nothing has been read yet, and why. */
  | { readonly is: 'looking'; readonly problem: string }
  | {
      readonly is: 'watching';
      /** Of EndpointSlices there may be several. */
      readonly found: readonly JsonObject[];
      /** What was there a moment ago. */
      readonly last: JsonObject | undefined;
      readonly isNamespaced: boolean;
      /** Of a selection: what was there a moment ago, and whether there are more than are kept. */
      readonly gone?: readonly JsonObject[];
      readonly isTooMany?: boolean;
    };

interface Named {
  readonly object: ObjectKey;
  /** The list that is to cover it, by the number of its {@link KindWatch.widen}; undefined once it is covered. */
  awaits: number | undefined;
}

/**
 * One kind that gates are evaluated by. Of its objects only those are kept that a gate names or selects; when another one is named,
 * the kind is listed again.
 */
export class WatchedKind {
  readonly #kind: ReferencedKind;
  readonly #options: WatchedKindOptions;
  readonly #store: Store<ReferencedObject, 'reference' | 'namespace'>;
  readonly #watch: KindWatch<ReferencedObject>;
  readonly #tombstones: Tombstones<ReferencedObject>;
  readonly #selections = new Selections();
  /** Objects that gates name and that were asked for: who names one of them needs no new list. */
  readonly #named = new Map<Key, Named>();
  #isRunning = false;
  #state: KindState;
  #problem: string | undefined;

  constructor(kind: ReferencedKind, options: WatchedKindOptions) {
    this.#kind = kind;
    this.#options = options;
    this.#tombstones = new Tombstones(options.clock);
    this.#store = new Store({
      reference: (one: ReferencedObject) => [keyOf(keyIn(one))],
      namespace: ({ namespace }: ReferencedObject) => [namespace],
    });
    this.#store.subscribe(({ before, after }) => this.#follow(before, after));
    this.#watch = new KindWatch({
      requests: options.requests,
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      namespace: options.namespace,
      store: this.#store,
      clock: options.clock,
      random: options.random,
      project: (raw) => projectReferenced(kind, raw, (object) => this.#admit(object)),
      onChange: () => this.#changed(),
      onError: (error) => options.onError(kindKey(kind), error),
    });
    this.#state = this.#watch.state;
  }

  /** Begins to watch; the first list covers all that is named by then. */
  start(): void {
    this.#isRunning = true;
    this.#watch.start();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#tombstones.clear();
    await this.#watch.stop();
  }

  /** Brings what is kept of an object, or of a selection, in line with the gates that name it now, and with what they remember. */
  update({ object, matchLabels }: Omit<ReferencedKey, 'kind'>): void {
    const gates = this.#gatesNaming(object);
    if (gates.length === 0) {
      this.#forget(object);
      return;
    }
    const key = keyOf(object);
    if (matchLabels) this.#selections.add({ object, matchLabels });
    if (!this.#named.has(key)) {
      this.#named.set(key, { object, awaits: this.#isRunning ? this.#watch.widen() : undefined });
    }
    // What is remembered in the status of all gates that name it is forgotten with that, and not by the clock.
    const last = this.#tombstones.get(key);
    if (last && gates.every((gate) => remembers(gate, last.object))) this.#tombstones.drop(key);
  }

  /** What is there of an object or a selection, seen from a namespace; undefined where nothing is known yet. */
  look({ name, matchLabels }: Referenced, namespace: string): Look | undefined {
    const { state, problem, resource } = this.#watch;
    if (state === 'unknown' || state === 'forbidden') return { is: state, resource };
    if (state === 'looking' && problem !== undefined) return { is: 'looking', problem };
    if (state === 'looking' || !resource) return undefined;
    const isNamespaced = resource.namespaced;
    const object = { namespace: isNamespaced ? namespace : '', name };
    const key = keyOf(object);
    if (this.#named.get(key)?.awaits !== undefined) return undefined;
    if (matchLabels) return { is: 'watching', ...this.#select(object), last: undefined, isNamespaced };
    const found = this.#store.byIndex('reference', key).map((one) => one.object);
    return { is: 'watching', found, last: this.#tombstones.get(key)?.object, isNamespaced };
  }

  #select(object: ObjectKey) {
    const known = this.#selections.get(object);
    if (!known) return { found: [] };
    const selected = (all: readonly ReferencedObject[]) =>
      all.filter((one) => isSelected(one, known.selection)).map((one) => one.object);
    const gone = this.#tombstones.values().filter(({ namespace }) => namespace === object.namespace);
    return {
      found: selected(this.#store.byIndex('namespace', object.namespace)),
      gone: selected(gone),
      isTooMany: known.isTooMany,
    };
  }

  #forget(object: ObjectKey): void {
    const key = keyOf(object);
    const selection = this.#selections.get(object)?.selection;
    this.#selections.drop(object);
    this.#named.delete(key);
    this.#tombstones.drop(key);
    const kept = selection
      ? this.#store.byIndex('namespace', object.namespace).filter((one) => isSelected(one, selection))
      : this.#store.byIndex('reference', key);
    for (const one of kept) if (this.#concerned(one).length === 0) this.#store.delete(keyOf(one));
  }

  #follow(before: ReferencedObject | undefined, after: ReferencedObject | undefined): void {
    this.#depart(before, after);
    for (const one of [before, after]) {
      if (one) for (const gate of this.#concerned(one)) this.#options.onAffected(gate);
    }
    if (!before) return;
    this.#selections.release(before);
    if (after) this.#selections.admit(after);
    this.#listIncomplete();
  }

  /** What no gate names any more has not gone: it is looked at no longer. */
  #depart(before: ReferencedObject | undefined, after: ReferencedObject | undefined): void {
    if (after) this.#tombstones.drop(keyOf(keyIn(after)));
    else if (before && this.#concerned(before).length > 0) {
      this.#tombstones.add(keyOf(keyIn(before)), before);
    }
  }

  /** Whether an object that was read is of interest. */
  #admit(object: Selectable & Pick<ReferencedObject, 'reference'>): boolean {
    const isSelected = this.#selections.admit(object);
    return isSelected || this.#gatesNaming(keyIn(object)).length > 0;
  }

  #listIncomplete(): void {
    for (const { object } of this.#selections.takeIncomplete()) {
      this.#named.set(keyOf(object), { object, awaits: this.#watch.widen() });
    }
  }

  /** A state and a problem matter to all gates of the kind; a list that covers more, to those that waited for it. */
  #changed(): void {
    if (!this.#isRunning) return;
    const { state, problem } = this.#watch;
    const covered = this.#cover();
    this.#selections.renew((key) => this.#store.get(key) !== undefined);
    this.#listIncomplete();
    const isNew = this.#state !== state || this.#problem !== problem;
    this.#state = state;
    this.#problem = problem;
    const affected = isNew
      ? this.#options.gates.byIndex('kind', kindKey(this.#kind))
      : covered.flatMap((object) => this.#gatesNaming(object));
    for (const gate of new Set(affected)) this.#options.onAffected(gate);
  }

  /** Gives the objects that are covered now and were not before. */
  #cover(): ObjectKey[] {
    const covered = [...this.#named.values()].filter(
      ({ awaits }) => awaits !== undefined && this.#watch.covers(awaits),
    );
    for (const one of covered) one.awaits = undefined;
    return covered.map(({ object }) => object);
  }

  /** The gates that name an object, or select it. */
  #concerned(one: ReferencedObject): Gate[] {
    const selecting = this.#selections.of(one).flatMap(({ object }) => this.#gatesNaming(object));
    return [...new Set([...this.#gatesNaming(keyIn(one)), ...selecting])];
  }

  #gatesNaming(object: ObjectKey): readonly Gate[] {
    return this.#options.gates.byIndex('reference', referenceValue({ kind: this.#kind, object }));
  }
}

/** Under which key dependencies look for it. */
function keyIn({ namespace, reference }: Pick<ReferencedObject, 'namespace' | 'reference'>): ObjectKey {
  return { namespace, name: reference };
}
