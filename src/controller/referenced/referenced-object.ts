import { z } from 'zod';
import {
  ENDPOINT_SLICE,
  kindKey,
  type ReferencedKind,
  SERVICE_LABEL,
} from '../../core/evaluate/references.ts';
import type { Gate, JsonObject } from '../../core/model.ts';
import type { Meta } from '../../kube/object.ts';
import { identityOf, metadataSchema } from '../../projections/metadata.ts';
import type { Selectable } from './selections.ts';

/** An object that a dependency is evaluated by, whole except for its managed fields. */
export interface ReferencedObject extends Meta {
  /** The name by which dependencies know it: of an EndpointSlice its Service's. */
  readonly reference: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly object: JsonObject;
}

const envelopeSchema = z.object({ metadata: metadataSchema });

const objectSchema = z.record(z.string(), z.json());

/** Keeps an object if it is named or selected; of the others no more is read than that takes, since a kind may have thousands. */
export function projectReferenced(
  kind: ReferencedKind,
  raw: unknown,
  isWanted: (object: Selectable & Pick<ReferencedObject, 'reference'>) => boolean,
): ReferencedObject | undefined {
  const { metadata } = envelopeSchema.parse(raw);
  const isSlice = kindKey(kind) === kindKey(ENDPOINT_SLICE);
  const reference = isSlice ? metadata.labels[SERVICE_LABEL] : metadata.name;
  const { namespace, name, labels } = metadata;
  if (reference === undefined || !isWanted({ namespace, name, labels, reference })) return undefined;
  return { ...identityOf(metadata), reference, labels, object: bare(raw, kind) };
}

/** The object without what is of no use to anybody, and with what lists leave out of their items. */
function bare(raw: unknown, { apiVersion, kind }: ReferencedKind): JsonObject {
  const object = objectSchema.parse(raw);
  const { managedFields: _, ...metadata } = objectSchema.parse(object.metadata);
  return { ...object, apiVersion, kind, metadata };
}

/** Whether a gate's status has an object among the Jobs that completed. */
export function remembers({ status }: Gate, object: JsonObject): boolean {
  const { uid } = envelopeSchema.parse(object).metadata;
  return status.dependencies?.some(({ completed }) => completed?.some((one) => one.uid === uid)) ?? false;
}
