import type { Collection } from './collection.ts';
import type { ConfigMap, Deployment, EndpointSlice, Pod, ReplicaSet, Secret, Service } from './objects.ts';
import type { Clock } from './simulated-clock.ts';

/** What all simulators work with. */
export interface SimulatedWorld {
  readonly deployments: Collection<Deployment>;
  readonly replicaSets: Collection<ReplicaSet>;
  readonly pods: Collection<Pod>;
  readonly services: Collection<Service>;
  readonly endpointSlices: Collection<EndpointSlice>;
  readonly secrets: Collection<Secret>;
  readonly configMaps: Collection<ConfigMap>;
  readonly clock: Clock;
  /** A number of [0, 1). */
  readonly random: () => number;
  /** Ends everything. */
  readonly signal: AbortSignal;
}
