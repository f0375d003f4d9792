import type { KubeObject } from '../cluster.ts';
import { columnsOf } from './columns.ts';
import { fromStored } from './event-view.ts';
import { type Fields, without } from './json.ts';
import { apiVersionOf, type ResourceType } from './served-resources.ts';

/** How a client wants to see objects: plain, as the rows of a table that kubectl prints, or their metadata alone. */
export interface Presentation {
  readonly type: ResourceType;
  readonly as: 'object' | 'table' | 'metadata';
  /** What a table's rows carry besides their cells. */
  readonly includeObject: string;
  /** ms since the epoch, for ages. */
  readonly now: number;
}

export function presentObject(object: KubeObject, presentation: Presentation): Fields {
  const { as, type } = presentation;
  const { resourceVersion } = object.metadata;
  if (as === 'table') return tableOf([object], { resourceVersion }, presentation);
  return as === 'metadata' ? metadataOf(object) : fromStored(type, object);
}

export function presentList(
  objects: readonly KubeObject[],
  metadata: Fields,
  presentation: Presentation,
): Fields {
  const { as, type } = presentation;
  if (as === 'table') return tableOf(objects, metadata, presentation);
  if (as === 'metadata') {
    const items = objects.map(metadataOf);
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items };
  }
  const items = objects.map((object) => fromStored(type, object));
  return {
    kind: `${type.kind}List`,
    apiVersion: apiVersionOf(type),
    metadata,
    // The items of built-in kinds do not say their kind: clients must know it from the list's.
    items: type.custom ? items : items.map((item) => without(item, 'apiVersion', 'kind')),
  };
}

function tableOf(objects: readonly KubeObject[], metadata: Fields, presentation: Presentation): Fields {
  const { type, now } = presentation;
  const columns = columnsOf(type);
  const columnDefinitions = columns.map(({ name, type, description, priority }) => {
    return { name, type, format: name === 'Name' ? 'name' : '', description, priority };
  });
  const rows = objects.map((object) => {
    return { cells: columns.map(({ cell }) => cell(object, now)), ...rowObject(object, presentation) };
  });
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions, rows };
}

function rowObject(object: KubeObject, { type, includeObject }: Presentation): Fields {
  if (includeObject === 'None') return {};
  if (includeObject === 'Object') return { object: fromStored(type, object) };
  return { object: metadataOf(object) };
}

function metadataOf({ metadata }: KubeObject): Fields {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}
