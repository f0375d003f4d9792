import { z } from 'zod';
import { errorFromAnswer } from '../../src/kube/api-error.ts';
import type { Connection, Init } from '../../src/kube/client/connection.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import type { Requests } from '../../src/kube/client/requests.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { type Meta, metaOf } from '../../src/kube/object.ts';
import { objectPath } from '../../src/kube/resource.ts';
import { Reflector } from '../../src/kube/watch/reflector.ts';
import { Store } from '../../src/kube/watch/store.ts';
import type { Cluster, ClusterEvent, KubeObject, ObjectReference } from '../../src/sandbox/cluster.ts';
import { apiVersionOf, resourceOf } from '../scenarios/resources.ts';

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

const terminatingSchema = z.looseObject({
  metadata: z.looseObject({ uid: z.string(), deletionTimestamp: z.string().optional() }),
});

const REQUEST_LIMIT_MS = 30_000;

/** An object as it came, with what stores need of it. */
interface Held extends Meta {
  readonly object: KubeObject;
}

/**
 * A real API server for the sandbox's simulators, which then are its scheduler and kubelet: what they do in the
 * sandbox by writing to a Pod is here what those two do.
 */
export function httpCluster(connection: Connection): Cluster {
  const requests = createRequests({ connection, clock: systemClock });
  return {
    watch: (kind, onEvent, signal) => watch(requests, kind, onEvent, signal),
    create: async (object) =>
      parse(
        object.kind,
        await requests.create(resourceOf(object.kind), object.metadata.namespace ?? 'default', object),
      ),
    async patch(target, patch, subresource) {
      const node = target.kind === 'Pod' ? nodeIn(patch) : undefined;
      if (node !== undefined) return bind(connection, requests, target, node);
      const resource = resourceOf(target.kind);
      return parse(
        target.kind,
        await requests.patch(resource, target, patch, { type: 'merge', subresource }),
      );
    },
    delete: (target) => remove(connection, requests, target),
  };
}

function watch(
  requests: Requests,
  kind: string,
  onEvent: (event: ClusterEvent) => void,
  signal: AbortSignal,
): void {
  const store = new Store<Held>({});
  store.subscribe(({ type, before, after }) => {
    if (type === 'added') onEvent({ type: 'ADDED', object: after.object });
    if (type === 'updated') onEvent({ type: 'MODIFIED', object: after.object });
    if (type === 'removed') onEvent({ type: 'DELETED', object: before.object });
  });
  const reflector = new Reflector<Held>({
    requests,
    resource: resourceOf(kind),
    store,
    project: (raw) => ({ ...metaOf(raw), object: parse(kind, raw) }),
    clock: systemClock,
    random: Math.random,
    onError: () => {}, // tried again: at worst a scenario comes late
  });
  signal.addEventListener('abort', () => void reflector.stop(), { once: true });
  reflector.start();
}

/** Items of lists come without their type. */
function parse(kind: string, raw: unknown): KubeObject {
  const fields = z.looseObject({}).parse(raw);
  return objectSchema.parse({ apiVersion: apiVersionOf(kind), kind, ...fields });
}

function nodeIn(patch: Readonly<Record<string, unknown>>): string | undefined {
  const { data } = z.object({ spec: z.object({ nodeName: z.string() }) }).safeParse(patch);
  return data?.spec.nodeName;
}

/** As the scheduler: a Pod's node is set by a Binding and never by a patch. */
async function bind(
  connection: Connection,
  requests: Requests,
  pod: ObjectReference,
  node: string,
): Promise<KubeObject> {
  const path = objectPath(resourceOf('Pod'), pod, 'binding');
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: pod.name },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  };
  await send(connection, 'POST', path, binding);
  return parse('Pod', await requests.get(resourceOf('Pod'), pod));
}

/** As the kubelet: a Pod that is asked to end is gone only when the node says, with grace period 0, that it has ended. */
async function remove(connection: Connection, requests: Requests, target: ObjectReference): Promise<void> {
  const resource = resourceOf(target.kind);
  const { metadata } = terminatingSchema.parse(await requests.get(resource, target));
  // One that never had a node is gone at once, and a StatefulSet's next Pod has its name.
  if (metadata.deletionTimestamp === undefined) return;
  const preconditions = { uid: metadata.uid };
  const options = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions };
  await send(connection, 'DELETE', objectPath(resource, target), options);
}

/** @throws ApiError */
async function send(
  connection: Connection,
  method: Init['method'],
  path: string,
  body: unknown,
): Promise<void> {
  const answer = await connection.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
  });
  const text = await answer.text();
  if (answer.status >= 300) throw errorFromAnswer(answer.status, answer.retryAfter, text);
}
