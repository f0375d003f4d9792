import { versionPath } from './api-resources.ts';
import type { ResourceType } from './served-resources.ts';

/** What a path is about: a collection (no name), an object, or a subresource of one. */
export interface Route {
  readonly type: ResourceType;
  /** undefined: of all namespaces, or of a kind that has none. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** Reads `/api/v1/namespaces/N/pods/NAME/log` and its like; undefined for a path that nothing is served at. */
export function routeOf(path: string, types: readonly ResourceType[]): Route | undefined {
  const version = types.map(versionPath).find((prefix) => path.startsWith(`${prefix}/`));
  if (version === undefined) return undefined;
  const parts = path
    .slice(version.length + 1)
    .split('/')
    .map(decodeURIComponent);
  const scoped = parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status';
  const [resource, name, subresource, ...more] = scoped ? parts.slice(2) : parts;
  const type = types.find((one) => one.resource === resource && versionPath(one) === version);
  if (!type || more.length > 0 || (scoped && !type.namespaced)) return undefined;
  if (type.namespaced && !scoped && name !== undefined) return undefined;
  if (subresource !== undefined && !type.subresources.some((one) => one === subresource)) return undefined;
  return { type, namespace: scoped ? parts[1] : undefined, name, subresource };
}
