import { GROUP, PLURAL, VERSION } from '../api/names.ts';
import type { TargetKind } from '../api/spec.ts';
import { TARGET_RESOURCES } from '../api/target-resources.ts';
import type { Resource } from '../kube/resource.ts';

export const GATES: Resource = { group: GROUP, version: VERSION, plural: PLURAL, namespaced: true };
export const CRDS: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  namespaced: false,
};
export const PODS: Resource = { group: '', version: 'v1', plural: 'pods', namespaced: true };

/** What a Deployment has its Pods made by, one for each template. */
export const REPLICA_SETS: Resource = {
  group: 'apps',
  version: 'v1',
  plural: 'replicasets',
  namespaced: true,
};

/** The kinds of targets. */
export const WORKLOADS: Readonly<Record<TargetKind, Resource>> = TARGET_RESOURCES;
