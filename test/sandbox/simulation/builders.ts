import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import {
  type Deployment,
  deploymentSchema,
  type Pod,
  podSchema,
  type ReplicaSet,
  replicaSetSchema,
  type Service,
  serviceSchema,
} from '../../../src/sandbox/simulation/objects.ts';

export interface ContainerFields {
  readonly name?: string;
  readonly image?: string;
  readonly [field: string]: unknown;
}

/** A Deployment whose Pods have one app container. */
export function deployment(
  name: string,
  {
    init = [],
    app = {},
    pod = {},
    ...spec
  }: {
    readonly replicas?: number;
    readonly init?: readonly ContainerFields[];
    readonly app?: ContainerFields;
    readonly pod?: Readonly<Record<string, unknown>>;
    readonly [field: string]: unknown;
  } = {},
): KubeObject {
  const labels = { app: name };
  const containers = [{ name: 'app', image: 'example/app', ...app }];
  const initContainers = init.map((container) => ({ name: 'init', image: 'example/init', ...container }));
  const template = { metadata: { labels }, spec: { containers, initContainers, ...pod } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas: 1, selector: { matchLabels: labels }, template, ...spec },
  };
}

/** A Service with port 80 that selects the Pods of the Deployment of the same name. */
export function service(name: string, spec: Readonly<Record<string, unknown>> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { clusterIP: '10.96.0.20', selector: { app: name }, ports: [{ port: 80 }], ...spec },
  };
}

/** Secrets' values are given in clear. */
export function keyed(
  kind: 'Secret' | 'ConfigMap',
  name: string,
  data: Readonly<Record<string, string>>,
): KubeObject {
  const entries = Object.entries(data).map(([key, value]) => [key, kind === 'Secret' ? btoa(value) : value]);
  return { apiVersion: 'v1', kind, metadata: { name }, data: Object.fromEntries(entries) };
}

const METADATA = { namespace: 'default', uid: 'uid', resourceVersion: '1' };

/** A Deployment as the controller observes it. */
export function observedDeployment(spec: Readonly<Record<string, unknown>>, status: object = {}): Deployment {
  const object = deployment('web', spec);
  return deploymentSchema.parse({
    ...object,
    status,
    metadata: { ...object.metadata, ...METADATA, generation: 3 },
  });
}

/** A ReplicaSet as the controller observes it. */
export function observedReplicaSet(name: string, replicas: number, status: object): ReplicaSet {
  const spec = { replicas, selector: {}, template: {} };
  return replicaSetSchema.parse({ kind: 'ReplicaSet', metadata: { name, ...METADATA }, spec, status });
}

/** A Pod of the app `web` with an address. */
export function observedPod(name: string, { ready = true, metadata = {}, spec = {}, status = {} } = {}): Pod {
  return podSchema.parse({
    kind: 'Pod',
    metadata: { name, labels: { app: 'web' }, ...METADATA, uid: `uid-${name}`, ...metadata },
    spec: { nodeName: 'sandbox', ...spec },
    status: {
      phase: 'Running',
      podIP: '10.244.0.1',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      ...status,
    },
  });
}

export function observedService(spec: Readonly<Record<string, unknown>> = {}): Service {
  const object = service('web', spec);
  return serviceSchema.parse({ ...object, metadata: { ...object.metadata, ...METADATA } });
}
