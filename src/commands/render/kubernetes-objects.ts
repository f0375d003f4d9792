import { z } from 'zod';
import { groupOf } from '../../api/group.ts';
import { GROUP, KIND } from '../../api/names.ts';
import { TARGET_KINDS } from '../../api/spec.ts';
import type { YamlDocument, YamlPath } from './yaml/documents.ts';

/** An object of Kubernetes in the input: a document, or an item of a list in one. */
export interface KubernetesObject {
  readonly document: YamlDocument;
  /** Where it stands in its document; empty for the document itself. */
  readonly path: YamlPath;
  /** `apps` of `apps/v1`; empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** undefined where it names none: whoever applies it decides. */
  readonly namespace: string | undefined;
  readonly value: unknown;
}

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().nullish() }),
});

const listSchema = z.looseObject({
  kind: z.string().endsWith('List'),
  items: z.array(z.unknown()),
});

/** A text without any of these words has no gate, no target and no list of them in it, and need not be read. */
const OF_CONCERN = new RegExp([KIND, GROUP, ...TARGET_KINDS, 'List'].join('|'));

/** Whether a document may hold anything that gates are about. */
export function isOfConcern({ body }: YamlDocument): boolean {
  return OF_CONCERN.test(body);
}

/** The objects of a document, also those of a list (`kind: List`, or a kustomize function's `ResourceList`). */
export function objectsIn(document: YamlDocument): KubernetesObject[] {
  if (!isOfConcern(document)) return [];
  const list = listSchema.safeParse(document.reading?.value);
  const found = list.success
    ? list.data.items.map((item, index) => objectAt(document, ['items', index], item))
    : [objectAt(document, [], document.reading?.value)];
  return found.filter((object) => object !== undefined);
}

/** What stands at a place, if it is an object that has a name. */
export function objectAt(
  document: YamlDocument,
  path: YamlPath,
  value: unknown,
): KubernetesObject | undefined {
  const { success, data } = objectSchema.safeParse(value);
  if (!success) return undefined;
  const { apiVersion, kind, metadata } = data;
  const group = groupOf(apiVersion);
  const namespace = metadata.namespace || undefined;
  return { document, path, group, kind, name: metadata.name, namespace, value };
}
