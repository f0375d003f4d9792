/** A kind of objects as it stands in the API's paths. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** `deployments` */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** One object. The namespace is ignored where the resource has none. */
export interface ObjectName {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `apps/v1/deployments`, for logs and the labels of metrics. */
export function nameOf({ group, version, plural }: Resource): string {
  return [group, version, plural].filter((part) => part !== '').join('/');
}

/** The path of a group and version. */
export function versionPath(group: string, version: string): string {
  const steps = group === '' ? ['api', version] : ['apis', group, version];
  return `/${steps.map(encodeURIComponent).join('/')}`;
}

/** The path of a list: of one namespace, or of all when none is given. */
export function collectionPath(resource: Resource, namespace: string | undefined): string {
  const { group, version, plural, namespaced } = resource;
  const scope = namespaced && namespace ? ['namespaces', namespace] : [];
  return [versionPath(group, version), ...[...scope, plural].map(encodeURIComponent)].join('/');
}

/** The path of an object, or of its subresource. */
export function objectPath(resource: Resource, target: ObjectName, subresource?: string): string {
  const rest = subresource === undefined ? [target.name] : [target.name, subresource];
  return [collectionPath(resource, target.namespace), ...rest.map(encodeURIComponent)].join('/');
}

/** `?a=1&b=2`, without those that are undefined; empty when there are none. */
export function queryOf(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? '' : `?${query}`;
}
