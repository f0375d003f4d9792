import type { Resource } from '../../src/kube/resource.ts';

/** The kinds that scenarios and simulators deal with, as they stand in the API's paths. */
const RESOURCES = {
  Namespace: { ...core('namespaces'), namespaced: false },
  Node: { ...core('nodes'), namespaced: false },
  Pod: core('pods'),
  Service: core('services'),
  PersistentVolume: { ...core('persistentvolumes'), namespaced: false },
  PersistentVolumeClaim: core('persistentvolumeclaims'),
  ServiceAccount: core('serviceaccounts'),
  ConfigMap: core('configmaps'),
  Secret: core('secrets'),
  Deployment: grouped('apps', 'deployments'),
  StatefulSet: grouped('apps', 'statefulsets'),
  DaemonSet: grouped('apps', 'daemonsets'),
  ReplicaSet: grouped('apps', 'replicasets'),
  ResourceQuota: core('resourcequotas'),
  Job: grouped('batch', 'jobs'),
  CronJob: grouped('batch', 'cronjobs'),
  ClusterRole: { ...grouped('rbac.authorization.k8s.io', 'clusterroles'), namespaced: false },
  CustomResourceDefinition: {
    ...grouped('apiextensions.k8s.io', 'customresourcedefinitions'),
    namespaced: false,
  },
  EndpointSlice: grouped('discovery.k8s.io', 'endpointslices'),
  Event: grouped('events.k8s.io', 'events'),
  DependencyGate: { ...grouped('dependencygate.dev', 'dependencygates'), version: 'v1alpha1' },
} as const satisfies Readonly<Record<string, Resource>>;

export type Kind = keyof typeof RESOURCES;

/** @throws Error for a kind that is not in the list. */
export function resourceOf(kind: string): Resource {
  const found = Object.entries(RESOURCES).find(([name]) => name === kind);
  if (!found) throw new Error(`the scenarios know no kind ${kind}`);
  return found[1];
}

/** `v1` or `apps/v1`. */
export function apiVersionOf(kind: string): string {
  const { group, version } = resourceOf(kind);
  return group === '' ? version : `${group}/${version}`;
}

function core(plural: string): Resource {
  return { group: '', version: 'v1', plural, namespaced: true };
}

function grouped(group: string, plural: string): Resource {
  return { group, version: 'v1', plural, namespaced: true };
}
