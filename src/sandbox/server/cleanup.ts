import type { KubeObject } from '../cluster.ts';
import { fields, list } from './json.ts';
import type { Change, Store } from './object-store.ts';
import { parseObject } from './parse-object.ts';
import type { Registry } from './registry.ts';
import type { ResourceType } from './served-resources.ts';

/**
 * What Kubernetes' garbage collector and namespace controller do in the background: objects go after their last
 * owner, the content of a namespace goes with it, and then the namespace itself.
 */
export class Cleanup {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #types: readonly ResourceType[];

  constructor(store: Store, registry: Registry, types: readonly ResourceType[]) {
    this.#store = store;
    this.#registry = registry;
    this.#types = types;
    store.subscribe((change) => this.#react(change));
  }

  /** Takes the reference to an owner from its dependents, so that they outlive it. */
  orphan(owner: KubeObject): void {
    for (const [type, object] of this.#all()) {
      const owners = list(object.metadata.ownerReferences);
      const others = owners.filter((reference) => fields(reference).uid !== owner.metadata.uid);
      if (others.length === owners.length) continue;
      const metadata = { ...object.metadata, ownerReferences: others };
      this.#store.put(type, parseObject({ ...object, metadata }, { custom: type.custom !== undefined }));
    }
  }

  #react({ event, type, object }: Change): void {
    if (event === 'DELETED') this.#collect(object.metadata.uid);
    else if (this.#isGarbage(object)) this.#delete(type, object);
    const name = type.kind === 'Namespace' ? object.metadata.name : object.metadata.namespace;
    if (name !== undefined) this.#clear(name);
  }

  #collect(owner: string | undefined): void {
    for (const [type, object] of this.#all()) {
      const owned = object.metadata.ownerReferences?.some(({ uid }) => uid === owner);
      if (owned && this.#isGarbage(object)) this.#delete(type, object);
    }
  }

  /** Deletes what is left in a namespace that is being terminated; when that is nothing, removes the namespace. */
  #clear(name: string): void {
    const type = this.#types.find(({ kind }) => kind === 'Namespace');
    const namespace = type && this.#store.get(type, '', name);
    if (!type || !namespace?.metadata.deletionTimestamp) return;
    const content = this.#all().filter(([, object]) => object.metadata.namespace === name);
    for (const [of, object] of content) if (!object.metadata.deletionTimestamp) this.#delete(of, object);
    if (content.every(([of, object]) => !this.#store.get(of, name, object.metadata.name)))
      this.#store.remove(type, namespace);
  }

  #delete(type: ResourceType, { metadata: { namespace = '', name, deletionTimestamp } }: KubeObject): void {
    if (!deletionTimestamp && this.#store.get(type, namespace, name))
      this.#registry.delete(type, namespace, name, {});
  }

  #all(): readonly (readonly [ResourceType, KubeObject])[] {
    return this.#types.flatMap((type) => this.#store.list(type).map((object) => [type, object] as const));
  }

  /** Whether an object has owners, and none of them exists. */
  #isGarbage({ metadata: { ownerReferences = [] } }: KubeObject): boolean {
    return ownerReferences.length > 0 && ownerReferences.every(({ uid }) => !this.#store.holds(uid));
  }
}
