import { DEFAULT_TARGET_KIND } from '../defaults.ts';
import type { TargetKind } from '../spec.ts';

/** Where the API server serves a kind of target. */
export interface WorkloadResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export const WORKLOAD_RESOURCES: { readonly [Kind in TargetKind]: WorkloadResource } = {
  Deployment: { group: 'apps', version: 'v1', resource: 'deployments' },
  StatefulSet: { group: 'apps', version: 'v1', resource: 'statefulsets' },
  DaemonSet: { group: 'apps', version: 'v1', resource: 'daemonsets' },
  Job: { group: 'batch', version: 'v1', resource: 'jobs' },
  CronJob: { group: 'batch', version: 'v1', resource: 'cronjobs' },
};

/** CEL: the kind of a gate's target `name`. */
export function kindOf(name: string): string {
  return `(has(${name}.kind) ? ${name}.kind : '${DEFAULT_TARGET_KIND}')`;
}
