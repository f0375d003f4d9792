import type { Fields } from './json.ts';
import type { KubernetesSchemas } from './kubernetes-schemas.ts';
import { apiVersionOf, type ResourceType } from './served-resources.ts';

/** How the version ends that the sandbox gives: as providers tell of their builds. */
export const SANDBOX_BUILD = '+sandbox';

/** The version of Kubernetes that the sandbox behaves like. */
export const VERSION: Fields = {
  major: '1',
  minor: '36',
  gitVersion: `v1.36.3${SANDBOX_BUILD}`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'node',
};

/** The documents by which clients learn what is served, by path: of a REST mapping, and for kubectl's own checks. */
export function discoveryDocuments(
  types: readonly ResourceType[],
  schemas: KubernetesSchemas,
): ReadonlyMap<string, () => Fields> {
  const groups = [...new Set(types.map(({ group }) => group))].filter((group) => group !== '');
  const versions = [...new Map(types.map((type) => [versionPath(type), type])).values()];
  const apiGroups = groups.map((group) => apiGroup(group, types));
  const openapi = versions.map((type) => {
    const path = versionPath(type).slice(1);
    return [path, { serverRelativeURL: `/openapi/v3/${path}` }];
  });
  return new Map<string, () => Fields>([
    ['/version', () => VERSION],
    ['/api', () => ({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] })],
    ['/apis', () => ({ kind: 'APIGroupList', apiVersion: 'v1', groups: apiGroups })],
    ...groups.map((name, index): [string, () => Fields] => [
      `/apis/${name}`,
      () => ({ kind: 'APIGroup', apiVersion: 'v1', ...apiGroups[index] }),
    ]),
    ['/openapi/v3', () => ({ paths: Object.fromEntries(openapi) })],
    ...versions.flatMap((type): [string, () => Fields][] => {
      const peers = types.filter((one) => versionPath(one) === versionPath(type));
      return [
        [versionPath(type), () => resourceList(type, peers)],
        [`/openapi/v3${versionPath(type)}`, () => openApi(type, peers, schemas)],
      ];
    }),
  ]);
}

/** `/api/v1`, `/apis/apps/v1`. */
export function versionPath(type: ResourceType): string {
  return type.group === '' ? `/api/${type.version}` : `/apis/${apiVersionOf(type)}`;
}

function apiGroup(name: string, types: readonly ResourceType[]): Fields {
  const { version = 'v1' } = types.find(({ group }) => group === name) ?? {};
  const served = { groupVersion: `${name}/${version}`, version };
  return { name, versions: [served], preferredVersion: served };
}

function resourceList(type: ResourceType, peers: readonly ResourceType[]): Fields {
  const groupVersion = apiVersionOf(type);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: peers.flatMap(resources) };
}

function resources(type: ResourceType): readonly Fields[] {
  const { resource: name, singular: singularName, namespaced, kind, shortNames, categories, verbs } = type;
  return [
    { name, singularName, namespaced, kind, verbs, shortNames, categories },
    ...type.subresources.map((subresource) => ({
      name: `${name}/${subresource}`,
      singularName: '',
      namespaced,
      kind: subresource === 'scale' ? 'Scale' : kind,
      ...(subresource === 'scale' ? { group: 'autoscaling', version: 'v1' } : {}),
      verbs: subresource === 'log' ? ['get'] : ['get', 'patch', 'update'],
    })),
  ];
}

/**
 * As much OpenAPI as kubectl needs: that PATCH takes `fieldValidation` and `dryRun` (so that it leaves validation to
 * the server), and the schemas of the kinds (for `kubectl explain`).
 */
function openApi(type: ResourceType, peers: readonly ResourceType[], schemas: KubernetesSchemas): Fields {
  const found = peers.map((peer) => [
    `${peer.group}.${peer.version}.${peer.kind}`,
    { ...schemas.of(peer), ...gvk(peer, true) },
  ]);
  return {
    openapi: '3.0.0',
    info: { title: 'Dependency Gate sandbox', version: apiVersionOf(type) },
    paths: Object.fromEntries(peers.flatMap(operations)),
    components: { schemas: Object.fromEntries(found) },
  };
}

function operations(type: ResourceType): readonly (readonly [string, Fields])[] {
  const collection = `${versionPath(type)}/${type.namespaced ? 'namespaces/{namespace}/' : ''}${type.resource}`;
  const parameters = ['fieldValidation', 'dryRun'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string' },
  }));
  const responses = {};
  return [
    [collection, { get: { responses, 'x-kubernetes-action': 'list', ...gvk(type) } }],
    [
      `${collection}/{name}`,
      { patch: { parameters, responses, 'x-kubernetes-action': 'patch', ...gvk(type) } },
    ],
  ];
}

function gvk(
  { group, version, kind }: Pick<ResourceType, 'group' | 'version' | 'kind'>,
  several = false,
): Fields {
  const value = { group, version, kind };
  return { 'x-kubernetes-group-version-kind': several ? [value] : value };
}
