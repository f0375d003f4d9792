import { z } from 'zod';
import {
  ENDPOINT_SLICE,
  kindKey,
  SERVICE_LABEL,
  type Subject,
  type SubjectKind,
  subjectsOf,
} from '../../core/evaluate/subjects.ts';
import type { Gate, JsonObject } from '../../core/model.ts';
import type { Random } from '../../kube/backoff.ts';
import type { Requests } from '../../kube/client/requests.ts';
import type { Clock } from '../../kube/clock.ts';
import { type Key, keyOf, type Meta } from '../../kube/object.ts';
import { KindWatch } from '../../kube/watch/kind-watch.ts';
import { Store, type View } from '../../kube/watch/store.ts';
import { identityOf, metadataSchema } from '../../projections/metadata.ts';
import { Departed } from './departed.ts';

/** An object that a dependency is judged by, as it is but for its managed fields. */
export interface Witness extends Meta {
  /** The name by which dependencies know it. */
  readonly subject: string;
  readonly object: JsonObject;
}

export interface SubjectWatchesOptions {
  readonly requests: Pick<Requests, 'resources' | 'pages' | 'watch'>;
  readonly gates: View<Gate, 'kind' | 'subject'>;
  readonly clock: Clock;
  readonly random: Random;
  /** Is told of each gate that a change may matter to. */
  readonly onAffected: (gate: Key) => void;
  /** Is told what went wrong and is tried again. */
  readonly onError: (kind: string, error: Error) => void;
}

interface KindOfSubjects {
  readonly watch: KindWatch<Witness>;
  readonly store: Store<Witness, 'subject'>;
  /** Subjects that gates name and that were asked for: who names one of them needs no new list. */
  readonly named: Set<string>;
  /** Subjects that no list covers yet, with the number to ask for. */
  readonly uncovered: Map<string, number>;
  state: KindWatch<Witness>['state'];
  problem: string | undefined;
}

/** `<kind>|<namespace>/<name>`: what gates that are judged by an object are indexed by. */
export function subjectValue(kind: SubjectKind, namespace: string, name: string): string {
  return `${kindKey(kind)}|${namespace}/${name}`;
}

/** The index values of a gate: a subject may turn out to have no namespace. */
export function subjectValues(gate: Gate): string[] {
  return subjects(gate).flatMap((one) =>
    ['', gate.namespace].map((namespace) => subjectValue(one, namespace, one.name)),
  );
}

export function subjectKinds(gate: Gate): string[] {
  return [...new Set(subjects(gate).map(kindKey))];
}

function subjects({ spec, namespace }: Gate): Subject[] {
  return spec.valid ? subjectsOf(spec.value, namespace) : [];
}

/**
 * Watches the kinds that gates are judged by: one watch for a kind, begun when the first gate needs it and ended when the
 * last one is gone. Of all objects only those are kept that a gate names; when another one is named, the kind is listed
 * anew.
 */
export class SubjectWatches {
  readonly #options: SubjectWatchesOptions;
  readonly #kinds = new Map<string, KindOfSubjects>();
  readonly #departed: Departed;
  #unsubscribe = () => {};

  constructor(options: SubjectWatchesOptions) {
    this.#options = options;
    this.#departed = new Departed(options.clock);
  }

  /** Kinds that are watched. */
  get size(): number {
    return this.#kinds.size;
  }

  start(): void {
    this.#unsubscribe = this.#options.gates.subscribe(({ before, after }) => {
      const watched = new Set(this.#kinds.keys());
      for (const one of after ? subjects(after) : []) this.#watch(one);
      if (after) this.#widen(after, watched);
      if (before) this.#narrow(before);
      if (after) this.#settle(after);
    });
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#departed.clear();
    const all = [...this.#kinds.values()];
    this.#kinds.clear();
    await Promise.all(all.map(({ watch }) => watch.stop()));
  }

  /** What is there of a subject, seen from a namespace; undefined where nothing is known yet. */
  look(subject: Subject, namespace: string): Look | undefined {
    const kind = this.#kinds.get(kindKey(subject));
    if (!kind) return undefined;
    const { state, problem, resource } = kind.watch;
    if (state === 'unknown' || state === 'forbidden') return { is: state, resource };
    if (state === 'looking' && problem !== undefined) return { is: 'looking', problem };
    if (state === 'looking' || !resource) return undefined;
    const isNamespaced = resource.namespaced;
    const value = subjectValue(subject, isNamespaced ? namespace : '', subject.name);
    if (kind.uncovered.has(value)) return undefined;
    const found = kind.store.byIndex('subject', value).map(({ object }) => object);
    return { is: 'watching', found, last: this.#departed.get(value), isNamespaced };
  }

  #watch(subject: SubjectKind): void {
    const key = kindKey(subject);
    if (this.#kinds.has(key)) return;
    const { requests, clock, random, onError } = this.#options;
    const store = new Store<Witness, 'subject'>({
      subject: (one: Witness) => [subjectValue(subject, one.namespace, one.subject)],
    });
    const watch = new KindWatch<Witness>({
      requests,
      apiVersion: subject.apiVersion,
      kind: subject.kind,
      store,
      project: (raw) => this.#project(subject, raw),
      clock,
      random,
      onChange: () => this.#changed(key),
      onError: (error) => onError(key, error),
    });
    store.subscribe(({ before, after }) => {
      this.#depart(subject, before, after);
      for (const one of [before, after]) if (one) this.#tell(subject, one);
    });
    this.#kinds.set(key, {
      watch,
      store,
      named: new Set(),
      uncovered: new Map(),
      state: watch.state,
      problem: undefined,
    });
    watch.start();
  }

  /**
   * A subject that no gate named before is not in the store of a kind that is watched, even where it exists. The index of
   * gates does not tell which: it may know several that come at once before the first of them is told here.
   */
  #widen(gate: Gate, watched: ReadonlySet<string>): void {
    for (const value of subjectValues(gate)) {
      const key = value.slice(0, value.indexOf('|'));
      const kind = this.#kinds.get(key);
      if (!kind || kind.named.has(value)) continue;
      kind.named.add(value);
      if (watched.has(key)) kind.uncovered.set(value, kind.watch.widen());
    }
  }

  /** What no gate names any more has not gone: it is looked at no longer. */
  #depart(kind: SubjectKind, before: Witness | undefined, after: Witness | undefined): void {
    const one = after ?? before;
    if (!one) return;
    const value = subjectValue(kind, one.namespace, one.subject);
    if (after) this.#departed.drop(value);
    else if (this.#options.gates.byIndex('subject', value).length > 0) this.#departed.add(value, one.object);
  }

  /** What is remembered in the status of all gates that name it is to be forgotten with that, and not by the clock. */
  #settle(gate: Gate): void {
    for (const value of subjectValues(gate)) {
      const last = this.#departed.get(value);
      if (last && this.#options.gates.byIndex('subject', value).every((one) => remembers(one, last)))
        this.#departed.drop(value);
    }
  }

  #narrow(before: Gate): void {
    const { gates } = this.#options;
    for (const value of subjectValues(before)) {
      const kind = this.#kinds.get(value.slice(0, value.indexOf('|')));
      if (!kind || gates.byIndex('subject', value).length > 0) continue;
      kind.named.delete(value);
      kind.uncovered.delete(value);
      this.#departed.drop(value);
      for (const witness of kind.store.byIndex('subject', value)) kind.store.delete(keyOf(witness));
    }
    for (const key of subjectKinds(before)) {
      if (gates.byIndex('kind', key).length > 0) continue;
      void this.#kinds.get(key)?.watch.stop();
      this.#kinds.delete(key);
    }
  }

  #project(subject: SubjectKind, raw: unknown): Witness | undefined {
    const object = witnessSchema.parse(raw);
    const { namespace, name } = object.metadata;
    const known = kindKey(subject) === kindKey(ENDPOINT_SLICE) ? object.metadata.labels[SERVICE_LABEL] : name;
    const isNamed =
      known !== undefined &&
      this.#options.gates.byIndex('subject', subjectValue(subject, namespace, known)).length > 0;
    return isNamed
      ? { ...identityOf(object.metadata), subject: known, object: bare(raw, subject) }
      : undefined;
  }

  /** A state and a problem matter to all gates of the kind; a list that covers more, to those that waited for it. */
  #changed(key: string): void {
    const kind = this.#kinds.get(key);
    if (!kind) return;
    const values = [...kind.uncovered]
      .filter(([, asked]) => kind.watch.covers(asked))
      .map(([value]) => value);
    for (const value of values) kind.uncovered.delete(value);
    const { gates, onAffected } = this.#options;
    const { state, problem } = kind.watch;
    const isNew = kind.state !== state || kind.problem !== problem;
    kind.state = state;
    kind.problem = problem;
    const affected = isNew
      ? gates.byIndex('kind', key)
      : values.flatMap((value) => gates.byIndex('subject', value));
    for (const gate of new Set(affected)) onAffected(keyOf(gate));
  }

  #tell(kind: SubjectKind, { namespace, subject }: Witness): void {
    const value = subjectValue(kind, namespace, subject);
    for (const gate of this.#options.gates.byIndex('subject', value)) this.#options.onAffected(keyOf(gate));
  }
}

/** What a watch shows of a subject. */
export type Look =
  | { readonly is: 'unknown' | 'forbidden'; readonly resource: KindWatch<Witness>['resource'] }
  /** Nothing has been read yet, and why. */
  | { readonly is: 'looking'; readonly problem: string }
  | {
      readonly is: 'watching';
      readonly found: readonly JsonObject[];
      /** What was there a moment ago. */
      readonly last: JsonObject | undefined;
      readonly isNamespaced: boolean;
    };

/** Whether a gate's status has an object among the Jobs that completed. */
function remembers({ status }: Gate, object: JsonObject): boolean {
  const { uid } = witnessSchema.parse(object).metadata;
  return status.dependencies?.some(({ completed }) => completed?.uid === uid) ?? false;
}

const witnessSchema = z.object({ metadata: metadataSchema });

const objectSchema = z.record(z.string(), z.json());

/** The object without what is of no use to anybody, and with what lists leave out of their items. */
function bare(raw: unknown, { apiVersion, kind }: SubjectKind): JsonObject {
  const object = objectSchema.parse(raw);
  const { managedFields: _, ...metadata } = objectSchema.parse(object.metadata);
  return { ...object, apiVersion, kind, metadata };
}
