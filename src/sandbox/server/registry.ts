import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../cluster.ts';
import {
  assertPreconditions,
  type DeleteOptions,
  gracePeriod,
  isFinished,
  isHeld,
  marked,
  timestamp,
} from './deletion.ts';
import { at, text } from './json.ts';
import type { KubernetesSchemas } from './kubernetes-schemas.ts';
import type { Store } from './object-store.ts';
import { assertSame, born, conform, gated, limited, withClusterIP } from './preparation.ts';
import type { ResourceType } from './served-resources.ts';
import { alreadyExists, forbidden, invalid, notFound, type StatusCause } from './status-error.ts';
import { withDefaults } from './stored-defaults.ts';

/** A write to an object, as an admission step sees it: after defaults, before validation. Not asked for subresources. */
export interface AdmissionRequest {
  readonly verb: 'create' | 'update';
  /** Lower-case plural: `deployments`. */
  readonly resource: string;
  readonly kind: string;
  readonly object: KubeObject;
  /** The object before an update. */
  readonly old: KubeObject | undefined;
  /** Who asks: the bearer token of the request, `kubernetes-admin` without one. */
  readonly user: string;
  /** The objects of a kind in the namespace of the request. */
  readonly list: (kind: string) => readonly KubeObject[];
}

/** Returns the object to store in place of the request's. */
export type Admit = (request: AdmissionRequest) => KubeObject;

/** What is wrong with a custom resource; `status` when only its status is written. */
export type Validate = (object: KubeObject, subresource?: 'status') => readonly StatusCause[];

export interface RegistryOptions {
  readonly store: Store;
  readonly types: readonly ResourceType[];
  readonly schemas: KubernetesSchemas;
  /** ms since the epoch. */
  readonly now: () => number;
  /** A number of [0, 1), for generated names. */
  readonly random: () => number;
  readonly admit: Admit;
  readonly validate: Validate;
}

export interface WriteOptions {
  readonly user: string;
  /** Do everything but store. Default: false. */
  readonly dryRun?: boolean;
  /** Unknown fields are refused instead of dropped. Default: false. */
  readonly strict?: boolean;
  /** Takes what the client is to be told of a write that is done. Default: it is told nothing. */
  readonly warn?: (text: string) => void;
}

export interface UpdateOptions extends WriteOptions {
  /** What changes it, if it is a patch: what cannot be decoded is its fault then. */
  readonly patch?: unknown;
  readonly subresource?: 'status' | 'scale' | undefined;
}

/** What a deletion left: the object is still there while a finalizer or a Pod's grace period holds it. */
export interface Deletion {
  readonly object: KubeObject;
  readonly gone: boolean;
}

/**
 * The rules by which objects are created, changed and deleted: everything that is not HTTP. All of it is synchronous,
 * so that each write is atomic. Throws `StatusError`.
 */
export class Registry {
  readonly #options: RegistryOptions;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get(type: ResourceType, namespace: string, name: string): KubeObject {
    const found = this.#options.store.get(type, namespace, name);
    if (!found) throw notFound(type, name);
    return found;
  }

  create(type: ResourceType, namespace: string, body: KubeObject, options: WriteOptions): KubeObject {
    const { store, schemas, now } = this.#options;
    const { name: given, generateName } = body.metadata;
    const name = given === '' && generateName ? `${text(generateName)}${this.#suffix()}` : given;
    const known = conform(type, body, schemas.of(type), options);
    const initial = born(type, namespace, known, { name, uid: randomUUID(), time: timestamp(now()) });
    if (type.namespaced) this.#assertLiving(type, namespace, name);
    if (store.get(type, namespace, name)) throw alreadyExists(type, name);
    const object = gated(this.#admitted(type, initial, undefined, options.user));
    return options.dryRun ? object : store.put(type, object);
  }

  /** Stores what `change` makes of the current object; where that is the same, nothing is stored. */
  update(
    type: ResourceType,
    namespace: string,
    name: string,
    change: (current: KubeObject) => KubeObject,
    options: UpdateOptions,
  ): KubeObject {
    const { store, schemas } = this.#options;
    const current = this.get(type, namespace, name);
    const wanted = conform(type, change(current), schemas.of(type), options);
    assertSame(type, current, wanted);
    const next = this.#next(type, current, limited(type, current, wanted, options.subresource), options);
    if (isDeepStrictEqual(next, current)) return current;
    if (options.dryRun) return next;
    if (!isFinished(next)) return store.put(type, next);
    store.remove(type, next);
    return next;
  }

  delete(type: ResourceType, namespace: string, name: string, options: DeleteOptions): Deletion {
    const { store, now } = this.#options;
    const current = this.get(type, namespace, name);
    assertPreconditions(type, current, options);
    const grace = gracePeriod(type, current, options);
    const gone = !isHeld(type, current, grace);
    if (options.dryRun) return { object: current, gone };
    if (gone) {
      store.remove(type, current);
      return { object: current, gone };
    }
    const waiting = marked(current, grace, now());
    return { object: waiting === current ? current : store.put(type, waiting), gone };
  }

  #next(type: ResourceType, current: KubeObject, wanted: KubeObject, options: UpdateOptions): KubeObject {
    if (options.subresource === 'status') {
      this.#assertValid(type, wanted, 'status');
      return wanted;
    }
    const next = options.subresource ? wanted : this.#admitted(type, wanted, current, options.user);
    const { generation } = current.metadata;
    const changed = type.generationOf.some(
      (path) => !isDeepStrictEqual(at(next, ...path), at(current, ...path)),
    );
    if (!changed || generation === undefined) return next;
    return { ...next, metadata: { ...next.metadata, generation: generation + 1 } };
  }

  /** Defaults stand before admission, which reads them, and after it, for what it added. */
  #admitted(type: ResourceType, given: KubeObject, old: KubeObject | undefined, user: string): KubeObject {
    const { store, types, admit } = this.#options;
    const object = withClusterIP(withDefaults(given), old, store.revision);
    const list = (kind: string) =>
      types.filter((one) => one.kind === kind).flatMap((one) => store.list(one, object.metadata.namespace));
    const { resource, kind } = type;
    const verb = old ? 'update' : 'create';
    const admitted = withDefaults(admit({ verb, resource, kind, object, old, user, list }));
    this.#assertValid(type, admitted);
    return admitted;
  }

  #assertValid(type: ResourceType, object: KubeObject, subresource?: 'status'): void {
    const causes = type.custom ? this.#options.validate(object, subresource) : [];
    if (causes.length > 0) throw invalid(type, object.metadata.name, causes);
  }

  #assertLiving(type: ResourceType, namespace: string, name: string): void {
    const namespaces = this.#options.types.find(({ kind }) => kind === 'Namespace');
    if (!namespaces || !this.get(namespaces, '', namespace).metadata.deletionTimestamp) return;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    const message = `namespace ${namespace} is being terminated`;
    throw forbidden(type, name, why, [
      { reason: 'NamespaceTerminating', message, field: 'metadata.namespace' },
    ]);
  }

  /** Five characters of the alphabet that Kubernetes generates names from. */
  #suffix(): string {
    const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
    return Array.from(
      { length: 5 },
      () => alphabet[Math.floor(this.#options.random() * alphabet.length)],
    ).join('');
  }
}
