/**
 * The wire format's names: everything the operator, the admission policies, the waiter and users' manifests
 * must spell alike. They never change: objects in clusters and in Git carry them.
 */

export const GROUP = 'dependencygate.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;
export const KIND = 'DependencyGate';
export const PLURAL = 'dependencygates';
export const SINGULAR = 'dependencygate';
export const SHORT_NAME = 'dgate';

/** Label, `"true"`, of the ClusterRoles whose rules the operator has too: of kinds that dependencies name. */
export const AGGREGATE_LABEL = `${GROUP}/aggregate-to-operator`;

/** The one field manager of every write to a target, so that ownership never splits. */
export const FIELD_MANAGER = 'dependency-gate-operator';
/** Where the operator is installed, and the ServiceAccount that it is there: admission knows its own writes by it. */
export const OPERATOR_NAMESPACE = 'dependency-gate-system';
export const OPERATOR_SERVICE_ACCOUNT = 'dependency-gate-operator';
/** The user that the API server knows the operator as. */
export const OPERATOR_USER = `system:serviceaccount:${OPERATOR_NAMESPACE}:${OPERATOR_SERVICE_ACCOUNT}`;
/** Keeps a deleted gate until its containers are out of every target. */
export const FINALIZER = `${GROUP}/remove`;

/** Template label, `"true"` where at least one gate's containers are in place: what the Pod watch selects. */
export const GATED_LABEL = `${GROUP}/gated`;
/** Template annotation `<Kind>/<name>`: which target a Pod is of. */
export const TARGET_ANNOTATION = `${GROUP}/target`;
/** Template annotation prefix: `gate.dependencygate.dev/<gate>: <render hash>`. */
export const GATE_ANNOTATION_PREFIX = `gate.${GROUP}/`;
/** Kubernetes' label by which a Deployment's ReplicaSets are told apart: their names end in its value. */
export const TEMPLATE_HASH_LABEL = 'pod-template-hash';
/**
 * Template label `<gate>[_<gate>…]`, the user's: Pods made without one of these gates are held until it is in place. A
 * label's value has no commas, and an underscore is in no gate's name.
 */
export const REQUIRE_LABEL = `${GROUP}/require`;
export const REQUIRE_SEPARATOR = '_';
/** Annotation of a Job that was created without a gate which it requires: admission writes it, and the operator after it. */
export const START_ANNOTATION = `${GROUP}/start`;
/** Admission has suspended the Job until its gates are in force, and the operator resumes it then. */
export const START_SUSPENDED = 'suspended';
/** Somebody else has suspended the Job, such as a queue: theirs to resume, once its gates are in force. */
export const START_WAITING = 'waiting';
/** Its gates have come into force, or have gone: nothing of ours keeps it from being resumed. */
export const START_RELEASED = 'released';
/** Label of a Job that Kueue suspends and resumes. */
export const QUEUE_LABEL = 'kueue.x-k8s.io/queue-name';
/** Scheduling gate of a Pod that is held. */
export const HOLD_GATE = `${GROUP}/hold`;
/** Value of the gate annotation that a deleted gate leaves where `require` names it: nothing is to be waited for. */
export const REMOVED = 'removed';

/** Template annotation prefix: `pull-secrets.dependencygate.dev/<gate>: <secret>[,<secret>…]`, those that gates have put in. */
export const PULL_SECRETS_ANNOTATION_PREFIX = `pull-secrets.${GROUP}/`;
export const PULL_SECRETS_SEPARATOR = ',';

/** Pod annotation prefix: `open.dependencygate.dev/<gate>.<dependency>`; see `openValue` for what the operator writes. */
export const OPEN_ANNOTATION_PREFIX = `open.${GROUP}/`;
/** Option of a waiting container, which names the annotation that opens a dependency. */
export const OPEN_KEY_FLAG = '--open-key=';
/** Pod annotation that changes so that the kubelet brings what a person opened into a container that has missed it. */
export const OPENED_AGAIN_ANNOTATION = `${GROUP}/opened-again`;

/** Of the names of a gate's containers and of its volume. */
export const CONTAINER_PREFIX = 'dgate-';
export const CONTAINER_SEPARATOR = '--';

/**
 * In the place of a dependency's name, of the one container that waits for several side by side: in the container's name and
 * in the key of what opens all of them. No dependency in such a container has this name.
 */
export const ALL_DEPENDENCIES = 'all';

/** Where a gate's volume is mounted in its waiting containers. */
export const VOLUME_MOUNT_PATH = '/var/run/dependency-gate';
/** The file of the Pod's annotations in that volume, in the kubelet's `key="escaped value"` lines. */
export const ANNOTATIONS_PATH = 'annotations';
export const ANNOTATIONS_FILE = `${VOLUME_MOUNT_PATH}/${ANNOTATIONS_PATH}`;
/** The folders of what else is in that volume: `configmap/<name>/<key>`, `secret/<name>/<key>`. */
const FOLDERS = { ConfigMap: 'configmap', Secret: 'secret' } as const;
/**
 * Where Kubernetes mounts the token of a Pod's ServiceAccount into every container that has nothing mounted there. Ours has:
 * a waiting container needs no token, so it has none.
 */
export const TOKEN_MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** gate + dependency may have this many characters together: a container name is a DNS label (63, RFC 1123). */
export const MAX_GATE_AND_DEPENDENCY_LENGTH = 63 - CONTAINER_PREFIX.length - CONTAINER_SEPARATOR.length;

/** Gate containers on one target, of all gates: past it an API server takes seconds for each write of the target. */
export const MAX_GATE_CONTAINERS = 64;

/** Of an object that others write at most so many names of gates are followed up: none can carry or require more. */
export const MAX_GATES_OF_AN_OBJECT = MAX_GATE_CONTAINERS;

/** Whether a gate may have this name: a DNS label without `--`. What others write as one is not followed up otherwise. */
export function isGateName(name: string): boolean {
  return name.length < MAX_GATE_AND_DEPENDENCY_LENGTH && /^[a-z0-9](-?[a-z0-9])*$/.test(name);
}

/** Which gate's which dependency a container belongs to. */
export interface ContainerOwner {
  readonly gate: string;
  readonly dependency: string;
}

/** The init container of one dependency. */
export function containerName(gate: string, dependency: string): string {
  return `${CONTAINER_PREFIX}${gate}${CONTAINER_SEPARATOR}${dependency}`;
}

/** Reads a container's name back; undefined for a container that is not ours. */
export function containerOwner(name: string): ContainerOwner | undefined {
  if (!name.startsWith(CONTAINER_PREFIX)) return undefined;
  const at = name.indexOf(CONTAINER_SEPARATOR, CONTAINER_PREFIX.length);
  if (at < 0) return undefined;
  return {
    gate: name.slice(CONTAINER_PREFIX.length, at),
    dependency: name.slice(at + CONTAINER_SEPARATOR.length),
  };
}

/** The volume of a gate in the templates of its targets. */
export function volumeName(gate: string): string {
  return CONTAINER_PREFIX + gate;
}

/** Which gate a volume is of, by its name; undefined where it is no gate's. */
export function volumeOwner(name: string): string | undefined {
  return name.startsWith(CONTAINER_PREFIX) ? name.slice(CONTAINER_PREFIX.length) : undefined;
}

/** A key of a ConfigMap or Secret that a waiting container reads as a file. */
export interface FileSource {
  readonly kind: keyof typeof FOLDERS;
  readonly name: string;
  readonly key: string;
}

/** Where a key stands in the gate's volume: dependencies that name the same one share the file. */
export function filePath({ kind, name, key }: FileSource): string {
  return `${FOLDERS[kind]}/${name}/${key}`;
}

/** Which key of what is at a path as `filePath` makes them, below any folder; undefined for other paths. */
export function readFilePath(path: string): FileSource | undefined {
  const [key, name, folder] = path.split('/').toReversed();
  const kind = (['ConfigMap', 'Secret'] as const).find((one) => FOLDERS[one] === folder);
  return key && name && kind ? { kind, name, key } : undefined;
}

export function gateAnnotation(gate: string): string {
  return GATE_ANNOTATION_PREFIX + gate;
}

export function pullSecretsAnnotation(gate: string): string {
  return PULL_SECRETS_ANNOTATION_PREFIX + gate;
}

export function openAnnotation(gate: string, dependency: string): string {
  return `${OPEN_ANNOTATION_PREFIX}${gate}.${dependency}`;
}

const OPENED_BY = ['spec', 'rollout'] as const;

/** An opening's value: for one run of its container, or, as a person writes it, without a run: for every one. */
export interface OpenValue {
  /** Why the operator opens what is not seen to be there: `spec.open`, or a template that has passed before. */
  readonly by?: (typeof OPENED_BY)[number] | undefined;
  readonly attempt: number;
  /** When the run started, as the kubelet reports it: RFC 3339. */
  readonly startedAt: string;
}

export function openValue({ attempt, startedAt, by }: OpenValue): string {
  return `${attempt} ${startedAt}${by === undefined ? '' : ` ${by}`}`;
}

/** Reads what `openValue` has written; undefined for any other value, which is for every run. */
export function readOpenValue(value: string): OpenValue | undefined {
  const [, attempt, startedAt, word] =
    /^(\d{1,4}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)(?: (spec|rollout))?$/.exec(value) ?? [];
  const by = OPENED_BY.find((known) => known === word);
  return attempt === undefined || startedAt === undefined
    ? undefined
    : { attempt: Number(attempt), startedAt, ...(by && { by }) };
}

export function targetAnnotationValue(kind: string, name: string): string {
  return `${kind}/${name}`;
}

/** The gates that a `require` label names. */
export function requiredGates(label: string | undefined): string[] {
  return (label ?? '').split(REQUIRE_SEPARATOR).filter((name) => name !== '');
}

/** The value of a `require` label that names these gates: sorted, each once. */
export function requireValue(gates: readonly string[]): string {
  return [...new Set(gates)].sort().join(REQUIRE_SEPARATOR);
}

/** What all objects are labelled with that install the operator: kustomize's and the chart's. */
export const INSTALLED_LABELS = { 'app.kubernetes.io/name': 'dependency-gate' } as const;
