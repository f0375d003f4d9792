import { z } from 'zod';
import { ENDPOINT_SLICE, kindKey, SERVICE_LABEL, type SubjectKind } from '../../core/evaluate/subjects.ts';
import type { Gate, JsonObject } from '../../core/model.ts';
import type { Meta, ObjectKey } from '../../kube/object.ts';
import { identityOf, metadataSchema } from '../../projections/metadata.ts';

/** An object that a dependency is evaluated by, whole except for its managed fields. */
export interface ReferencedObject extends Meta {
  /** The name by which dependencies know it: of an EndpointSlice its Service's. */
  readonly subject: string;
  readonly object: JsonObject;
}

const envelopeSchema = z.object({ metadata: metadataSchema });

const objectSchema = z.record(z.string(), z.json());

/** Keeps an object if it is named; of the others no more is read than that takes, since a kind may have thousands. */
export function projectReferenced(
  kind: SubjectKind,
  raw: unknown,
  isNamed: (object: ObjectKey) => boolean,
): ReferencedObject | undefined {
  const { metadata } = envelopeSchema.parse(raw);
  const isSlice = kindKey(kind) === kindKey(ENDPOINT_SLICE);
  const subject = isSlice ? metadata.labels[SERVICE_LABEL] : metadata.name;
  if (subject === undefined || !isNamed({ namespace: metadata.namespace, name: subject })) return undefined;
  return { ...identityOf(metadata), subject, object: bare(raw, kind) };
}

/** The object without what is of no use to anybody, and with what lists leave out of their items. */
function bare(raw: unknown, { apiVersion, kind }: SubjectKind): JsonObject {
  const object = objectSchema.parse(raw);
  const { managedFields: _, ...metadata } = objectSchema.parse(object.metadata);
  return { ...object, apiVersion, kind, metadata };
}

/** Whether a gate's status has an object among the Jobs that completed. */
export function remembers({ status }: Gate, object: JsonObject): boolean {
  const { uid } = envelopeSchema.parse(object).metadata;
  return status.dependencies?.some(({ completed }) => completed?.uid === uid) ?? false;
}
