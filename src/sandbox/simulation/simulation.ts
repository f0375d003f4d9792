import type { Cluster } from '../cluster.ts';
import type { LogSource } from '../server/log-response.ts';
import { Collection } from './collection.ts';
import { startDeployments } from './deployments.ts';
import { Logs } from './logs.ts';
import { startNode } from './node.ts';
import {
  configMapSchema,
  deploymentSchema,
  endpointSliceSchema,
  podSchema,
  replicaSetSchema,
  secretSchema,
  serviceSchema,
} from './objects.ts';
import { type ClusterNetwork, clusterNetwork } from './pod-network.ts';
import { startReplicaSets } from './replica-sets.ts';
import { startServices } from './services.ts';
import { type Clock, wallClock } from './simulated-clock.ts';

export interface SimulationOptions {
  /** `now` is in milliseconds since the epoch. Default: the system's. */
  readonly clock?: Clock;
  /** A number of [0, 1). Default: Math.random. */
  readonly random?: () => number;
  /** Play Deployments, ReplicaSets and EndpointSlices too: off where a real controller manager is at work. Default: true. */
  readonly controllers?: boolean;
}

export interface Simulation {
  readonly network: ClusterNetwork;
  readonly logs: LogSource;
  /** Ends everything at once: no timer, port or watch is left. */
  stop(): void;
}

/** Brings an API server's objects to life: Deployments, Services and one node. */
export function startSimulation(cluster: Cluster, options: SimulationOptions = {}): Simulation {
  const { clock = wallClock, random = Math.random, controllers = true } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const world = {
    deployments: new Collection(cluster, 'Deployment', deploymentSchema, signal),
    replicaSets: new Collection(cluster, 'ReplicaSet', replicaSetSchema, signal),
    pods: new Collection(cluster, 'Pod', podSchema, signal),
    services: new Collection(cluster, 'Service', serviceSchema, signal),
    endpointSlices: new Collection(cluster, 'EndpointSlice', endpointSliceSchema, signal),
    secrets: new Collection(cluster, 'Secret', secretSchema, signal),
    configMaps: new Collection(cluster, 'ConfigMap', configMapSchema, signal),
    clock,
    random,
    signal,
  };
  const network = clusterNetwork(world);
  const logs = new Logs(clock);
  if (controllers) {
    startDeployments(world);
    startReplicaSets(world);
    startServices(world);
  }
  startNode({ ...world, network, logs });
  return {
    network,
    logs,
    stop() {
      ending.abort();
      network.stop();
    },
  };
}
