import { z } from 'zod';

/** What every projection of an object keeps. */
export interface Meta {
  /** Empty for objects that are not in a namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Which object of a resource. */
export type ObjectKey = Pick<Meta, 'namespace' | 'name'>;

/** An {@link ObjectKey} for maps: `<namespace>/<name>`, or `/<name>` outside of namespaces. */
export type Key = string;

export function keyOf(object: ObjectKey): Key {
  return `${object.namespace}/${object.name}`;
}

const metaSchema = z.object({
  metadata: z.object({
    namespace: z.string().default(''),
    name: z.string().min(1),
    uid: z.string().default(''),
    resourceVersion: z.string().default(''),
  }),
});

/** @throws ZodError when it is not an object of Kubernetes. */
export function metaOf(raw: unknown): Meta {
  return metaSchema.parse(raw).metadata;
}
