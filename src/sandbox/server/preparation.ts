import type { KubeObject, ObjectMeta } from '../cluster.ts';
import { undecodable } from './decoding.ts';
import { type Fields, fields, list, text, without } from './json.ts';
import { prune } from './pruning.ts';
import { apiVersionOf, type ResourceType } from './served-resources.ts';
import { badRequest, conflict, invalid, modified, unpatchable } from './status-error.ts';

/** What the API server does to an object between reading and admission: pure functions of the old and the new one. */

/** Fields of the metadata that only the server sets. */
const SYSTEM_FIELDS = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
];

interface ConformOptions {
  readonly strict?: boolean;
  readonly warn?: (text: string) => void;
  readonly patch?: unknown;
}

/** Checks that the body is of the type, and drops (strict: refuses) with a warning what its schema does not know. */
export function conform(
  type: ResourceType,
  body: KubeObject,
  schema: Fields | undefined,
  { strict = false, warn = () => {}, patch }: ConformOptions,
): KubeObject {
  const expected = apiVersionOf(type);
  const { apiVersion, kind, metadata, ...rest } = body;
  if (apiVersion !== expected || kind !== type.kind)
    throw badRequest(
      `${kind} in version "${apiVersion}" cannot be handled as a ${type.kind}: the expected API version is ${expected}`,
    );
  if (!schema) return body;
  const problem = type.custom ? undefined : undecodable(rest, schema);
  if (problem !== undefined && patch !== undefined) throw unpatchable(patch, problem);
  if (problem !== undefined)
    throw badRequest(`${kind} in version "${type.version}" cannot be handled as a ${kind}: ${problem}`);
  const { value, unknown } = prune(rest, schema);
  const found = unknown.map((path) => `unknown field "${path}"`);
  if (strict && found.length > 0)
    throw badRequest(
      `${kind} in version "${type.version}" cannot be handled as a ${kind}: strict decoding error: ${found.join(', ')}`,
    );
  found.forEach(warn);
  return { apiVersion, kind, metadata, ...fields(value) };
}

/** A new object under its name, with the metadata and status that it starts with. */
export function born(
  type: ResourceType,
  namespace: string,
  body: KubeObject,
  { name, uid, time }: { readonly name: string; readonly uid: string; readonly time: string },
): KubeObject {
  const given = body.metadata.namespace;
  if (given !== undefined && given !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) || name.length > 253) throw badName(type, name);
  const metadata: ObjectMeta = {
    ...without(body.metadata, ...SYSTEM_FIELDS),
    name,
    ...(type.namespaced ? { namespace } : {}),
    uid,
    creationTimestamp: time,
    ...(type.generationOf.length > 0 ? { generation: 1 } : {}),
  };
  const status = firstStatus(type);
  return type.subresources.includes('status')
    ? {
        ...without(body, 'status'),
        apiVersion: body.apiVersion,
        kind: body.kind,
        metadata,
        ...(status && { status }),
      }
    : { ...body, metadata };
}

function badName(type: ResourceType, name: string): Error {
  const [reason, message] =
    name === ''
      ? ['FieldValueRequired', 'Required value: name or generateName is required']
      : [
          'FieldValueInvalid',
          `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
        ];
  return invalid(type, name, [{ reason, message, field: 'metadata.name' }]);
}

function firstStatus({ kind, group }: ResourceType): Fields | undefined {
  if (kind === 'Namespace') return { phase: 'Active' };
  if (kind === 'Pod') return { phase: 'Pending' };
  if (kind === 'Service') return { loadBalancer: {} };
  return group === 'apps' ? {} : undefined;
}

/** Checks that a write is about the object that is stored: its name, its UID, and its version where one is given. */
export function assertSame(type: ResourceType, current: KubeObject, wanted: KubeObject): void {
  const [old, { name, namespace, uid, resourceVersion, finalizers = [] }] = [
    current.metadata,
    wanted.metadata,
  ];
  if (name !== old.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${old.name})`);
  if (namespace !== undefined && namespace !== old.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (uid !== undefined && uid !== old.uid)
    throw conflict(
      type,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.uid}`,
    );
  if (resourceVersion !== undefined && resourceVersion !== old.resourceVersion) throw modified(type, name);
  if (type.custom && resourceVersion === undefined) {
    const message = 'Invalid value: 0: must be specified for an update';
    throw invalid(type, name, [{ reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' }]);
  }
  const added = finalizers.filter((finalizer) => !old.finalizers?.includes(finalizer));
  if (old.deletionTimestamp && added.length > 0) {
    const found = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
    const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${found}}`;
    throw invalid(type, name, [{ reason: 'FieldValueForbidden', message, field: 'metadata.finalizers' }]);
  }
}

/**
 * The object with what such a write may change: the status by the status subresource (and of built-in kinds the
 * annotations), everything else by the others.
 */
export function limited(
  type: ResourceType,
  current: KubeObject,
  wanted: KubeObject,
  subresource: 'status' | 'scale' | undefined,
): KubeObject {
  if (subresource === 'status') {
    const { annotations } = wanted.metadata;
    const metadata = type.custom ? current.metadata : withAnnotations(current.metadata, annotations);
    return withStatus({ ...current, metadata }, wanted.status);
  }
  const system = Object.entries(current.metadata).filter(([name]) => SYSTEM_FIELDS.includes(name));
  const metadata: ObjectMeta = {
    ...without(wanted.metadata, ...SYSTEM_FIELDS),
    ...Object.fromEntries(system),
    name: current.metadata.name,
  };
  const object = { ...wanted, metadata };
  return type.subresources.includes('status') ? withStatus(object, current.status) : object;
}

function withAnnotations(metadata: ObjectMeta, annotations: ObjectMeta['annotations']): ObjectMeta {
  const { annotations: _, ...rest } = metadata;
  return { ...rest, ...(annotations && { annotations }) };
}

function withStatus(object: KubeObject, status: unknown): KubeObject {
  const { apiVersion, kind, metadata, status: _, ...rest } = object;
  return { apiVersion, kind, metadata, ...rest, ...(status === undefined ? {} : { status }) };
}

/** Assigns the cluster IP that a new Service lacks, and keeps that of one that is written without it. */
export function withClusterIP(
  object: KubeObject,
  current: KubeObject | undefined,
  revision: number,
): KubeObject {
  const spec = fields(object.spec);
  if (object.kind !== 'Service' || spec.type === 'ExternalName' || spec.clusterIP !== undefined)
    return object;
  const free = `10.96.${(revision >> 8) & 255}.${revision & 255}`;
  const clusterIP = text(fields(current?.spec).clusterIP) || free;
  return { ...object, spec: { ...spec, clusterIP, clusterIPs: [clusterIP] } };
}

/** A new Pod with scheduling gates says so in its status, as the API server itself writes it (`SchedulingGated`). */
export function gated(object: KubeObject): KubeObject {
  const isGated = object.kind === 'Pod' && list(fields(object.spec).schedulingGates).length > 0;
  return isGated
    ? { ...object, status: { ...fields(object.status), conditions: [SCHEDULING_GATED] } }
    : object;
}

const SCHEDULING_GATED = {
  type: 'PodScheduled',
  status: 'False',
  lastProbeTime: null,
  lastTransitionTime: null,
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};
