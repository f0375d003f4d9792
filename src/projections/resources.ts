import { GROUP, PLURAL, VERSION } from '../api/names.ts';
import type { TargetKind } from '../api/spec.ts';
import type { Resource } from '../kube/resource.ts';

export const GATES: Resource = { group: GROUP, version: VERSION, plural: PLURAL, namespaced: true };
export const PODS: Resource = { group: '', version: 'v1', plural: 'pods', namespaced: true };

export const WORKLOADS: Readonly<Record<TargetKind, Resource>> = {
  Deployment: { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true },
  StatefulSet: { group: 'apps', version: 'v1', plural: 'statefulsets', namespaced: true },
  Job: { group: 'batch', version: 'v1', plural: 'jobs', namespaced: true },
  CronJob: { group: 'batch', version: 'v1', plural: 'cronjobs', namespaced: true },
  DaemonSet: { group: 'apps', version: 'v1', plural: 'daemonsets', namespaced: true },
};
