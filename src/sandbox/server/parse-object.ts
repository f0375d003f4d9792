import { z } from 'zod';
import type { KubeObject } from '../cluster.ts';
import { fields, isFields } from './json.ts';
import { badRequest } from './status-error.ts';

const strings = z.record(z.string(), z.string()).exactOptional();

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string().default(''),
    namespace: z.string().exactOptional(),
    generateName: z.string().exactOptional(),
    uid: z.string().exactOptional(),
    resourceVersion: z.string().exactOptional(),
    generation: z.int().exactOptional(),
    creationTimestamp: z.string().exactOptional(),
    deletionTimestamp: z.string().exactOptional(),
    finalizers: z.array(z.string()).exactOptional(),
    labels: strings,
    annotations: strings,
    ownerReferences: z
      .array(
        z.looseObject({
          apiVersion: z.string(),
          kind: z.string(),
          name: z.string(),
          uid: z.string(),
          controller: z.boolean().exactOptional(),
        }),
      )
      .exactOptional(),
  }),
});

interface ParseOptions {
  /** Whether it is of a kind that a definition has added. */
  readonly custom: boolean;
  /** The error for what cannot be decoded. Default: 400. */
  readonly refused?: (problem: string) => Error;
}

/**
 * Reads an object as it comes from a client or out of a patch. Nulls count as absent, and so do empty collections
 * in its metadata. In the types of Kubernetes itself empty lists and maps are absent too (Go's `omitempty`), which is
 * what makes `initContainers` vanish with its last item, and a Pod template's annotations with the last of them.
 */
export function parseObject(value: unknown, { custom, refused = badRequest }: ParseOptions): KubeObject {
  const body = fields(value);
  const metadata = Object.entries(fields(body.metadata)).filter(([, field]) => !isEmpty(field));
  const parsed = objectSchema.safeParse(
    withoutAbsent({ ...body, metadata: Object.fromEntries(metadata) }, custom),
  );
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw refused(`json: cannot decode ${issue?.path.join('.')}: ${issue?.message}`);
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

/** The fields that hold maps, in all kinds alike; an empty object elsewhere means something, as in `emptyDir: {}`. */
const MAPS = ['annotations', 'labels', 'matchLabels', 'nodeSelector', 'data', 'limits', 'requests'];

function withoutAbsent(value: unknown, keepEmpty: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutAbsent(item, keepEmpty));
  if (!isFields(value)) return value;
  const present = Object.entries(value).filter(
    ([name, field]) => field !== null && (keepEmpty || !isOmitted(name, field)),
  );
  return Object.fromEntries(present.map(([name, field]) => [name, withoutAbsent(field, keepEmpty)]));
}

function isOmitted(name: string, field: unknown): boolean {
  // EndpointSlice's list of endpoints is the one among our kinds that Go writes even when it is empty.
  if (Array.isArray(field)) return field.length === 0 && name !== 'endpoints';
  return MAPS.includes(name) && isFields(field) && Object.keys(field).length === 0;
}
