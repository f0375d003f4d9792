import { at, type Fields, fields, list, text } from './json.ts';
import { LACKS, type Lack } from './lacks.ts';

/** A kind as the API server serves it. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower-case plural, as in paths. */
  readonly resource: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly ('status' | 'scale' | 'log')[];
  readonly verbs: readonly string[];
  /** What an object is answered with as its status when it is created, instead of being stored; undefined for most. */
  readonly review: ((user: string) => Fields) | undefined;
  /** What is missing of it, where the sandbox keeps its objects only; undefined for most. */
  readonly lack: Lack | undefined;
  /** `metadata.generation` counts the changes of these fields; empty: the kind has none. */
  readonly generationOf: readonly (readonly string[])[];
  /** Fields that field selectors may name besides metadata.name and metadata.namespace. */
  readonly selectableFields: readonly string[];
  /** The version's entry in the CustomResourceDefinition, with schema and columns; undefined for built-in kinds. */
  readonly custom: Readonly<Record<string, unknown>> | undefined;
  /** The type that its objects are stored as, where it is another form of them (events.k8s.io); undefined for all others. */
  readonly viewOf: ResourceType | undefined;
}

/** `v1` or `apps/v1`. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

const builtIn = {
  version: 'v1',
  namespaced: true,
  shortNames: [],
  categories: [],
  subresources: [],
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  review: undefined,
  lack: undefined,
  generationOf: [],
  selectableFields: [],
  custom: undefined,
  viewOf: undefined,
} as const;

function core(kind: string, resource: string, more: Partial<ResourceType> = {}): ResourceType {
  return { ...builtIn, group: '', kind, resource, singular: kind.toLowerCase(), ...more };
}

/** A question to the API server: what is created is the answer, and nothing is stored. */
function review(kind: string, group: string, answer: (user: string) => Fields, lack?: Lack): ResourceType {
  const resource = `${kind.toLowerCase()}s`;
  return core(kind, resource, { group, namespaced: false, verbs: ['create'], review: answer, lack });
}

/** A kind that people have beside their workloads, and that is kept and served so that these can be applied as they are. */
function effectless(
  kind: string,
  resource: string,
  group: string,
  more: Partial<ResourceType>,
): ResourceType {
  return core(kind, resource, { group, generationOf: [['spec']], lack: LACKS.effects, ...more });
}

/** Of RBAC. */
function rule(kind: string, resource: string, namespaced: boolean): ResourceType {
  return core(kind, resource, { group: 'rbac.authorization.k8s.io', namespaced, lack: LACKS.rights });
}

const EVENT = core('Event', 'events', {
  shortNames: ['ev'],
  selectableFields: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
      (field) => `involvedObject.${field}`,
    ),
    ...['reason', 'type', 'reportingComponent'],
  ],
});

const workload = {
  group: 'apps',
  categories: ['all'],
  subresources: ['status', 'scale'],
} as const;

const kept = { ...workload, generationOf: [['spec']], lack: LACKS.workloads } as const;

const BUILT_IN: readonly ResourceType[] = [
  core('Namespace', 'namespaces', {
    namespaced: false,
    shortNames: ['ns'],
    subresources: ['status'],
    selectableFields: ['status.phase'],
  }),
  core('Node', 'nodes', {
    namespaced: false,
    shortNames: ['no'],
    verbs: ['get', 'list', 'watch'],
    lack: LACKS.node,
  }),
  core('Pod', 'pods', {
    shortNames: ['po'],
    categories: ['all'],
    subresources: ['status', 'log'],
    generationOf: [['spec']],
    selectableFields: [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.serviceAccountName',
      'status.phase',
      'status.podIP',
    ],
  }),
  core('Service', 'services', { shortNames: ['svc'], categories: ['all'], subresources: ['status'] }),
  core('ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  core('Secret', 'secrets', { selectableFields: ['type'] }),
  core('ServiceAccount', 'serviceaccounts', { shortNames: ['sa'] }),
  EVENT,
  { ...EVENT, group: 'events.k8s.io', viewOf: EVENT },
  core('Deployment', 'deployments', {
    ...workload,
    shortNames: ['deploy'],
    // The real one counts changed annotations too.
    generationOf: [['spec'], ['metadata', 'annotations']],
  }),
  core('ReplicaSet', 'replicasets', { ...workload, shortNames: ['rs'], generationOf: [['spec']] }),
  // Kept and served, since the operator watches them; no simulator brings them to life.
  core('StatefulSet', 'statefulsets', { ...kept, shortNames: ['sts'] }),
  core('DaemonSet', 'daemonsets', { ...kept, shortNames: ['ds'], subresources: ['status'] }),
  core('Job', 'jobs', { ...kept, group: 'batch', subresources: ['status'] }),
  core('CronJob', 'cronjobs', { ...kept, group: 'batch', shortNames: ['cj'], subresources: ['status'] }),
  core('Lease', 'leases', { group: 'coordination.k8s.io' }),
  core('EndpointSlice', 'endpointslices', {
    group: 'discovery.k8s.io',
    generationOf: [['endpoints'], ['ports'], ['addressType']],
  }),
  // Only to be there or not: what such a policy does is done by the admission step.
  core('MutatingAdmissionPolicy', 'mutatingadmissionpolicies', {
    group: 'admissionregistration.k8s.io',
    namespaced: false,
  }),
  core('MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings', {
    group: 'admissionregistration.k8s.io',
    namespaced: false,
  }),
  // Kept and served, since people have them beside their workloads.
  effectless('Ingress', 'ingresses', 'networking.k8s.io', { shortNames: ['ing'], subresources: ['status'] }),
  effectless('NetworkPolicy', 'networkpolicies', 'networking.k8s.io', { shortNames: ['netpol'] }),
  effectless('PodDisruptionBudget', 'poddisruptionbudgets', 'policy', {
    shortNames: ['pdb'],
    subresources: ['status'],
  }),
  effectless('PersistentVolumeClaim', 'persistentvolumeclaims', '', {
    shortNames: ['pvc'],
    subresources: ['status'],
    generationOf: [],
  }),
  rule('Role', 'roles', true),
  rule('RoleBinding', 'rolebindings', true),
  rule('ClusterRole', 'clusterroles', false),
  rule('ClusterRoleBinding', 'clusterrolebindings', false),
  review(
    'SelfSubjectAccessReview',
    'authorization.k8s.io',
    () => ({ allowed: true, reason: LACKS.rights.words }),
    LACKS.rights,
  ),
  review(
    'SelfSubjectRulesReview',
    'authorization.k8s.io',
    () => ({
      resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
      incomplete: false,
    }),
    LACKS.rights,
  ),
  review('SelfSubjectReview', 'authentication.k8s.io', (username) => ({
    userInfo: { username, groups: ['system:authenticated'] },
  })),
  core('CustomResourceDefinition', 'customresourcedefinitions', {
    group: 'apiextensions.k8s.io',
    namespaced: false,
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    verbs: ['get', 'list', 'watch', 'update', 'patch'],
    lack: LACKS.definitions,
  }),
];

/** The kinds that Kubernetes has, and the one that a CustomResourceDefinition (one version) defines. */
export function resourceTypes(crd: Readonly<Record<string, unknown>>): readonly ResourceType[] {
  return [...BUILT_IN, customType(crd)];
}

function customType(crd: Readonly<Record<string, unknown>>): ResourceType {
  const spec = fields(crd.spec);
  const names = fields(spec.names);
  const version = fields(list(spec.versions)[0]);
  return {
    ...builtIn,
    group: text(spec.group),
    version: text(version.name),
    kind: text(names.kind),
    resource: text(names.plural),
    singular: text(names.singular),
    namespaced: spec.scope === 'Namespaced',
    shortNames: list(names.shortNames).map(text),
    categories: list(names.categories).map(text),
    subresources: at(version, 'subresources', 'status') === undefined ? [] : ['status'],
    generationOf: [['spec']],
    custom: version,
  };
}
