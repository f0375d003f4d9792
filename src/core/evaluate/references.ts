import { checkOf } from '../../api/settled.ts';
import type { Dependency, GateSpec, ResourceCheck } from '../../api/spec.ts';
import { fingerprint } from '../canonical.ts';

/** A kind of objects as manifests name it. */
export interface ReferencedKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** An object that a dependency is evaluated by, in the gate's own namespace or outside of all. */
export interface Referenced extends ReferencedKind {
  /** Of EndpointSlices the Service's: a Service has several. Of a selector what no object can be named. */
  readonly name: string;
  /** Of a selector: the labels. */
  readonly matchLabels?: Readonly<Record<string, string>>;
}

export const SERVICE: ReferencedKind = { apiVersion: 'v1', kind: 'Service' };
export const ENDPOINT_SLICE: ReferencedKind = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };

/** The label of an EndpointSlice that names its Service. */
export const SERVICE_LABEL = 'kubernetes.io/service-name';

/** `batch/v1/Job`: under which a kind is watched. */
export function kindKey({ apiVersion, kind }: ReferencedKind): string {
  return `${apiVersion}/${kind}`;
}

/** What the operator must watch for a gate; other gates are watched anyway. */
export function referencedBy(spec: GateSpec, namespace: string): Referenced[] {
  return spec.dependencies.flatMap((dependency) => {
    if (dependency.resource) return [referencedByResource(dependency.resource)];
    const service = serviceOf(dependency, namespace);
    return service === undefined
      ? []
      : [
          { ...SERVICE, name: service },
          { ...ENDPOINT_SLICE, name: service },
        ];
  });
}

/** What a `resource` looks at: an object by its name, or those of a selector as if they were one. */
export function referencedByResource({ apiVersion, kind, name, selector }: ResourceCheck): Referenced {
  const matchLabels = selector?.matchLabels ?? {};
  return name === undefined
    ? { apiVersion, kind, name: `?${fingerprint(matchLabels)}`, matchLabels }
    : { apiVersion, kind, name };
}

/** The gates that a gate waits for. */
export function gatesBefore(spec: GateSpec): string[] {
  return spec.dependencies.flatMap(({ gate }) => gate?.name ?? []);
}

/**
 * The Service of the gate's own namespace that a dependency is about: by its name, or by the host that its Pods dial.
 * Only such Services are looked at, since what is in other namespaces may not be the gate's author's to know. A host that
 * stands in a Secret or ConfigMap is not known here.
 */
export function serviceOf(dependency: Dependency, namespace: string): string | undefined {
  const made = checkOf(dependency);
  switch (made.check) {
    case 'service':
      return made.settings.name;
    case 'dns':
    case 'tcp':
    case 'grpc':
      return serviceOfHost(made.settings.host, namespace);
    case 'http':
      return serviceOfUrl(made.settings.url, namespace);
    case 'resource':
    case 'gate':
    case 'container':
      return undefined;
  }
}

/** The pattern of a URL lets some through that are none, such as a port above 65535. */
function serviceOfUrl(url: string | undefined, namespace: string): string | undefined {
  return url !== undefined && URL.canParse(url) ? serviceOfHost(new URL(url).hostname, namespace) : undefined;
}

/**
 * `api`, `api.<namespace>`, `api.<namespace>.svc` or that and a domain: the cluster's is not known here, and any will do.
 * A name that ends in a dot is looked up as it stands, so it is a Service's only with a domain. `localhost` is the Pod's
 * own, or its node's.
 */
function serviceOfHost(host: string | undefined, namespace: string): string | undefined {
  if (host === undefined) return undefined;
  const [, name, in_] =
    /^([a-z](?:[-a-z0-9]*[a-z0-9])?)(?:\.([-a-z0-9]+)(?:\.svc(?:\.[^.].*)?)?)?$/.exec(host) ?? [];
  if (host === 'localhost') return undefined;
  return in_ === undefined || in_ === namespace ? name : undefined;
}
