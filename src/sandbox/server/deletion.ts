import type { KubeObject } from '../cluster.ts';
import { fields, number, text } from './json.ts';
import type { ResourceType } from './served-resources.ts';
import { conflict } from './status-error.ts';

export interface DeleteOptions {
  readonly preconditions?: {
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
  };
  /** Pods only. Default: what the Pod says. */
  readonly gracePeriodSeconds?: number | undefined;
  /** Dependents lose their reference instead of their life. */
  readonly orphan?: boolean;
  readonly dryRun?: boolean;
}

export function assertPreconditions(
  type: ResourceType,
  current: KubeObject,
  { preconditions }: DeleteOptions,
): void {
  const { name, uid, resourceVersion } = current.metadata;
  const wanted = { uid, resourceVersion, ...defined(preconditions ?? {}) };
  if (wanted.uid !== uid)
    throw conflict(
      type,
      name,
      `Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${uid}`,
    );
  if (wanted.resourceVersion !== resourceVersion)
    throw conflict(
      type,
      name,
      `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
}

function defined(object: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Seconds that the node has for ending a Pod; 0 where no container can be running, and for all other kinds. */
export function gracePeriod(
  type: ResourceType,
  { spec, status }: KubeObject,
  options: DeleteOptions,
): number {
  const { nodeName, terminationGracePeriodSeconds } = fields(spec);
  const ended = /^(Succeeded|Failed)$/.test(text(fields(status).phase));
  if (type.kind !== 'Pod' || text(nodeName) === '' || ended) return 0;
  return options.gracePeriodSeconds ?? number(terminationGracePeriodSeconds);
}

/** Whether a deletion only marks the object, for now. */
export function isHeld(type: ResourceType, object: KubeObject, grace: number): boolean {
  return grace > 0 || (object.metadata.finalizers ?? []).length > 0 || type.kind === 'Namespace';
}

/** The object as it waits for its end; itself where it already waits no longer than that. */
export function marked(object: KubeObject, grace: number, now: number): KubeObject {
  const { metadata, kind, status } = object;
  if (metadata.deletionTimestamp && grace >= number(metadata.deletionGracePeriodSeconds)) return object;
  return {
    ...object,
    ...(kind === 'Namespace' ? { status: { ...fields(status), phase: 'Terminating' } } : {}),
    metadata: {
      ...metadata,
      ...(metadata.generation === undefined ? {} : { generation: metadata.generation + 1 }),
      deletionTimestamp: timestamp(now + grace * 1000),
      deletionGracePeriodSeconds: grace,
    },
  };
}

/** Whether a marked object has lost its last finalizer, and is nobody's any more. */
export function isFinished({ metadata, kind }: KubeObject): boolean {
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds } = metadata;
  return (
    deletionTimestamp !== undefined &&
    finalizers.length === 0 &&
    !deletionGracePeriodSeconds &&
    kind !== 'Namespace'
  );
}

/** Kubernetes' times have whole seconds. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
