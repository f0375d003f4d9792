import type { Cluster, ClusterEvent, KubeObject } from '../cluster.ts';
import type { Store } from './object-store.ts';
import { parseObject } from './parse-object.ts';
import { patched } from './patching.ts';
import type { Registry } from './registry.ts';
import type { ResourceType } from './served-resources.ts';

/** Who the simulators are to admission. */
const USER = 'system:sandbox';

/**
 * The API server for simulators in the same process: the same rules, without HTTP (and so with
 * nothing around it). Deleting a Pod that already waits for its end is the node's word that its containers have ended.
 */
export function inProcessCluster(types: readonly ResourceType[], store: Store, registry: Registry): Cluster {
  const typeOf = (kind: string): ResourceType => {
    const found = types.find((type) => type.kind === kind);
    if (!found) throw new TypeError(`the sandbox has no kind ${kind}`);
    return found;
  };
  return {
    watch(kind, onEvent, signal) {
      deliver(typeOf(kind), store, onEvent, signal);
    },
    async create(object) {
      const type = typeOf(object.kind);
      const body = parseObject(object, { custom: type.custom !== undefined });
      return registry.create(type, type.namespaced ? (object.metadata.namespace ?? 'default') : '', body, {
        user: USER,
      });
    },
    async patch({ kind, namespace = '', name }, patch, subresource) {
      const type = typeOf(kind);
      const change = (current: KubeObject) => patched(type, current, 'application/merge-patch+json', patch);
      return registry.update(type, namespace, name, change, { user: USER, subresource });
    },
    async delete({ kind, namespace = '', name }) {
      const type = typeOf(kind);
      const { deletionTimestamp } = registry.get(type, namespace, name).metadata;
      registry.delete(
        type,
        namespace,
        name,
        deletionTimestamp === undefined ? {} : { gracePeriodSeconds: 0 },
      );
    },
  };
}

/** Calls back later, never from within the write that made a change, and in order. */
function deliver(
  type: ResourceType,
  store: Store,
  onEvent: (event: ClusterEvent) => void,
  signal: AbortSignal,
): void {
  const queue: ClusterEvent[] = [];
  const push = (event: ClusterEvent) => {
    queue.push(event);
    if (queue.length === 1) queueMicrotask(drain);
  };
  const drain = () => {
    for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) onEvent(next);
  };
  for (const object of store.list(type)) push({ type: 'ADDED', object });
  const unsubscribe = store.subscribe((change) => {
    if (change.type === type) push({ type: change.event, object: change.object });
  });
  signal.addEventListener('abort', unsubscribe, { once: true });
}
