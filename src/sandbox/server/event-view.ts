import type { KubeObject } from '../cluster.ts';
import type { ResourceType } from './served-resources.ts';

/** events.k8s.io/v1 is the core Event under other field names: [its name, the core name]. */
const RENAMED: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

/** The object as clients of the type see it. */
export function fromStored(type: ResourceType, object: KubeObject): KubeObject {
  if (!type.viewOf) return object;
  return {
    ...renamed(object, new Map(RENAMED.map(([view, core]) => [core, view]))),
    apiVersion: 'events.k8s.io/v1',
  };
}

/** The object as it is stored. */
export function toStored(type: ResourceType, object: KubeObject): KubeObject {
  if (!type.viewOf) return object;
  return { ...renamed(object, new Map(RENAMED)), apiVersion: 'v1' };
}

function renamed(object: KubeObject, names: ReadonlyMap<string, string>): KubeObject {
  const { apiVersion, kind, metadata, ...rest } = object;
  const entries = Object.entries(rest).map(([name, value]) => [names.get(name) ?? name, value]);
  return { apiVersion, kind, metadata, ...Object.fromEntries(entries) };
}
