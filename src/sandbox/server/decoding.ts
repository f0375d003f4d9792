import { type Fields, fields, isFields, text } from './json.ts';

/**
 * What Go says of the first value that it cannot decode into the type of its field, as `value: 5` of an environment variable;
 * undefined where all can be. The values of custom resources are their definition's matter.
 *
 * @param struct Go's name of what the value is a field of
 * @param path the field's, without indexes and keys, as Go gives it
 */
export function undecodable(value: unknown, schema: Fields, struct = '', path = ''): string | undefined {
  const isAbsent = value === null || value === undefined;
  if (isAbsent || schema['x-kubernetes-preserve-unknown-fields'] === true) return undefined;
  if (!fits(value, schema))
    return `json: cannot unmarshal ${said(value, schema)} into Go struct field ${struct}.${path} of type ${goType(schema)}`;
  if (Array.isArray(value))
    return firstOf(value, (item) => undecodable(item, fields(schema.items), struct, path));
  if (!isFields(value)) return undefined;
  return firstOf(Object.entries(value), ([name, field]) => {
    const property = fields(schema.properties)[name];
    if (isFields(property))
      return undecodable(field, property, text(schema.title), path === '' ? name : `${path}.${name}`);
    const other = schema.additionalProperties;
    return isFields(other) ? undecodable(field, other, struct, path) : undefined;
  });
}

function firstOf<T>(items: readonly T[], found: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = found(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function fits(value: unknown, { type, format }: Fields): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' || (isLoose(format) && typeof value === 'number');
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isFields(value);
    default:
      return typeof value === type;
  }
}

/** Texts that may be written as numbers, too. */
function isLoose(format: unknown): boolean {
  return format === 'int-or-string' || format === 'quantity';
}

/** Go's word for a value in JSON. */
function said(value: unknown, { type }: Fields): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' && type === 'integer' ? `number ${value}` : typeof value;
}

function goType({ type, format, title, items, additionalProperties }: Fields): string {
  if (type === 'array') return `[]${goType(fields(items))}`;
  if (type === 'object')
    return title === undefined ? `map[string]${goType(fields(additionalProperties))}` : `v1.${title}`;
  if (type === 'integer') return text(format);
  return type === 'boolean' ? 'bool' : type === 'number' ? 'float64' : 'string';
}
