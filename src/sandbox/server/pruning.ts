import { type Fields, fields, isFields } from './json.ts';

/** A value without the fields that a schema does not know, and the paths of those fields. */
export interface Pruned {
  readonly value: unknown;
  readonly unknown: readonly string[];
}

/** Removes unknown fields as the API server does for custom resources; `path` is where the value stands. */
export function prune(value: unknown, schema: Fields, path = ''): Pruned {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return { value, unknown: [] };
  if (Array.isArray(value)) {
    const items = value.map((item, index) => prune(item, fields(schema.items), `${path}[${index}]`));
    return { value: items.map((item) => item.value), unknown: items.flatMap((item) => item.unknown) };
  }
  if (!isFields(value)) return { value, unknown: [] };
  const kept: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const [name, field] of Object.entries(value)) {
    const below = path === '' ? name : `${path}.${name}`;
    const known = fields(schema.properties)[name] ?? schema.additionalProperties;
    if (!isFields(known)) {
      unknown.push(below);
      continue;
    }
    const pruned = prune(field, known, below);
    kept[name] = pruned.value;
    unknown.push(...pruned.unknown);
  }
  return { value: kept, unknown };
}
