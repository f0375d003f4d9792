import type { Logger } from 'pino';
import { GATED_LABEL, REQUIRE_LABEL } from '../api/names.ts';
import { TARGET_KINDS, type TargetKind } from '../api/spec.ts';
import type { Pod, Workload } from '../core/model.ts';
import type { Random } from '../kube/backoff.ts';
import type { Requests, Selection } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import { keyOf, type Meta } from '../kube/object.ts';
import { nameOf, type Resource } from '../kube/resource.ts';
import { partOf } from '../kube/watch/part.ts';
import { Reflector } from '../kube/watch/reflector.ts';
import type { Project } from '../kube/watch/replica.ts';
import { sharing } from '../kube/watch/sharing.ts';
import type { Store } from '../kube/watch/store.ts';
import { POD_MESSAGE } from '../projections/pod-message.ts';
import { projectGate } from '../projections/project-gate.ts';
import { projectPod } from '../projections/project-pod.ts';
import { projectWorkload } from '../projections/project-workload.ts';
import { GATES, PODS, WORKLOADS } from '../projections/resources.ts';
import { levelOfWatch } from './failures.ts';
import type { Stores } from './stores.ts';

export interface StoreReflectorsOptions {
  readonly requests: Pick<Requests, 'pages' | 'watch'>;
  /** Each is watched by itself; undefined: all of them at once. */
  readonly namespaces: readonly string[] | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** One of whatever kind: what it reads is its own business. */
export type StoreReflector = Pick<Reflector<Meta>, 'start' | 'stop' | 'relist' | 'synced' | 'hasSynced'>;

/** What fills the stores. */
export interface StoreReflectors {
  readonly all: readonly StoreReflector[];
  /** Those of them that fill the store of gates. */
  readonly gates: readonly StoreReflector[];
}

export function createReflectors(stores: Stores, options: StoreReflectorsOptions): StoreReflectors {
  const { namespaces = [undefined] } = options;
  const each = namespaces.map((namespace) => reflectorsOf(stores, namespace, options));
  const gates = each.map((one) => one.gates);
  return { gates, all: [...gates, ...each.flatMap(({ others }) => others)] };
}

function reflectorsOf(
  { gates, workloads, pods, ungated }: Stores,
  namespace: string | undefined,
  { requests, clock, random, log }: StoreReflectorsOptions,
): { readonly gates: StoreReflector; readonly others: readonly StoreReflector[] } {
  const of = <T extends Meta, Index extends string>(
    resource: Resource,
    store: Store<T, Index>,
    project: Project<T>,
    selected: Pick<Selection, 'labelSelector' | 'message'> = {},
  ): Reflector<T> =>
    new Reflector({
      ...{ requests, resource, project, clock, random },
      selection: { namespace, ...selected },
      store: namespace === undefined ? store : partOf(store, namespace),
      onError: (error) =>
        log[levelOfWatch(error)]({ resource: nameOf(resource), namespace, err: error }, 'watch failed'),
    });
  const told = <T extends Pod | Workload>(kind: string, read: T): T => {
    const { unreadable: why } = read;
    if (why !== undefined) log.warn({ object: keyOf(read), why }, `a ${kind} cannot be read in part`);
    return read;
  };
  const pod = (raw: unknown, known?: Pod) => told('Pod', projectPod(raw, known));
  const podsOf = (store: Stores['pods'], labelSelector: string) =>
    of(PODS, store, sharing(pod), { labelSelector, message: POD_MESSAGE });
  const workload = (kind: TargetKind) => (raw: unknown) => told(kind, projectWorkload(kind, raw));
  return {
    gates: of(GATES, gates, projectGate),
    others: [
      ...TARGET_KINDS.map((kind) => of(WORKLOADS[kind], workloads[kind], workload(kind))),
      podsOf(pods, `${GATED_LABEL}=true`),
      podsOf(ungated, `${REQUIRE_LABEL},${GATED_LABEL}!=true`),
    ],
  };
}
