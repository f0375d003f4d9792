import { z } from 'zod';

const strings = z.record(z.string(), z.string());

/** The metadata that projections read; what an API server always sets is required. */
export const metadataSchema = z.object({
  namespace: z.string().default(''),
  name: z.string(),
  uid: z.string(),
  resourceVersion: z.string(),
  generation: z.int().default(0),
  creationTimestamp: z.string().default(''),
  deletionTimestamp: z.string().optional(),
  finalizers: z.array(z.string()).default([]),
  ownerReferences: z
    .array(
      z.object({
        apiVersion: z.string().default(''),
        kind: z.string(),
        name: z.string(),
        uid: z.string(),
        controller: z.boolean().default(false),
      }),
    )
    .default([]),
  managedFields: z
    .array(
      z.object({
        manager: z.string().default(''),
        time: z.string().default(''),
        subresource: z.string().default(''),
        fieldsV1: z.unknown().optional(),
      }),
    )
    .default([]),
  labels: strings.default({}),
  annotations: strings.default({}),
});

const { generation, ownerReferences, managedFields, labels, annotations } = metadataSchema.shape;

/** The same, without what cannot be read. */
export const partialMetadataSchema = metadataSchema.extend({
  generation: generation.catch(0),
  ownerReferences: ownerReferences.catch([]),
  managedFields: managedFields.catch([]),
  labels: labels.catch({}),
  annotations: annotations.catch({}),
});

/** What cannot be read, for people: `status.phase: Invalid option: …` */
export function firstProblem({ issues: [first] }: z.ZodError): string {
  return `${first?.path.join('.')}: ${first?.message}`;
}

/** What every projection keeps of an object's metadata. */
export function identityOf(metadata: z.infer<typeof metadataSchema>) {
  const { namespace, name, uid, resourceVersion, creationTimestamp, deletionTimestamp } = metadata;
  const deleting = deletionTimestamp !== undefined;
  return { namespace, name, uid, resourceVersion, createdAt: creationTimestamp, deleting };
}

/** The owner that brings an object about, where it is one of Kubernetes' own workloads. */
export function controllerOf({ ownerReferences }: z.infer<typeof metadataSchema>) {
  return ownerReferences.find(
    ({ apiVersion, controller }) => controller && /^(apps|batch)\//.test(apiVersion),
  );
}

type ManagedFields = z.infer<typeof metadataSchema>['managedFields'];

/** The newest time of these managed fields; empty where there is none. RFC 3339 in UTC sorts as text. */
export function lastWrite(managedFields: ManagedFields): string {
  return (
    managedFields
      .map(({ time }) => time)
      .sort()
      .at(-1) ?? ''
  );
}
