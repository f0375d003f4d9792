import { z } from 'zod';

/** What a schema says of the fields that there are; what it says besides is not looked at. */
export interface FieldSchema {
  readonly properties?: Readonly<Record<string, FieldSchema>> | undefined;
  readonly items?: FieldSchema | undefined;
  /** Of a map: what its values are. */
  readonly additionalProperties?: FieldSchema | undefined;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined;
}

/** That of the schema in a CustomResourceDefinition. */
export const fieldSchema: z.ZodType<FieldSchema> = z.lazy(() =>
  z.object({
    properties: z.record(z.string(), fieldSchema).optional(),
    items: fieldSchema.optional(),
    additionalProperties: fieldSchema.optional(),
    'x-kubernetes-preserve-unknown-fields': z.boolean().optional(),
  }),
);

/** What is left of a value where a CustomResourceDefinition has this schema: the API server drops unknown fields without a word. */
export function keptOf(value: unknown, schema: FieldSchema): unknown {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return value;
  if (Array.isArray(value)) return value.map((item) => keptOf(item, schema.items ?? {}));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([name, field]) => {
    const known = fieldOf(schema, name);
    return known ? [[name, keptOf(field, known)] as const] : [];
  });
  return Object.fromEntries(kept);
}

/** The fields that a schema has and another one lacks, by their paths (`spec.dependencies[].tcp`), and none below these. */
export function lackingFields(wanted: FieldSchema, other: FieldSchema, path = ''): readonly string[] {
  if (other['x-kubernetes-preserve-unknown-fields'] === true) return [];
  const { properties = {}, items, additionalProperties: values } = wanted;
  const lacking = Object.entries(properties).flatMap(([name, field]) => {
    const known = fieldOf(other, name);
    const at = path === '' ? name : `${path}.${name}`;
    return known ? lackingFields(field, known, at) : [at];
  });
  return [
    ...lacking,
    ...(items ? lackingFields(items, other.items ?? {}, `${path}[]`) : []),
    ...(values ? lackingFields(values, other.additionalProperties ?? {}, `${path}.*`) : []),
  ];
}

function fieldOf({ properties, additionalProperties }: FieldSchema, name: string): FieldSchema | undefined {
  return properties && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
}
