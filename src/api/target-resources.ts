import type { TargetKind } from './spec.ts';

/** Where the API server serves a kind of target. */
export interface TargetResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespaced: true;
}

/** The one table of the kinds that gates may target. */
export const TARGET_RESOURCES: { readonly [Kind in TargetKind]: TargetResource } = {
  Deployment: { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true },
  StatefulSet: { group: 'apps', version: 'v1', plural: 'statefulsets', namespaced: true },
  DaemonSet: { group: 'apps', version: 'v1', plural: 'daemonsets', namespaced: true },
  Job: { group: 'batch', version: 'v1', plural: 'jobs', namespaced: true },
  CronJob: { group: 'batch', version: 'v1', plural: 'cronjobs', namespaced: true },
};
