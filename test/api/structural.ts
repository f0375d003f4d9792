/**
 * The API server's rules for a CRD's schema, and ours on top: every level has one type, every string and list is
 * bounded, every field is described. Says what is wrong, by path; nothing for a good schema.
 */
export function structuralProblems(schema: unknown): string[] {
  return levels(schema).flatMap(([path, level]) =>
    levelProblems(path, level).map((problem) => `${path || '(root)'}: ${problem}`),
  );
}

/** Every schema in a schema by its path, `[]` for the items of a list; '' is the root. */
export function levels(schema: unknown, path = ''): [string, Record<string, unknown>][] {
  if (!isRecord(schema)) throw new TypeError(`${path}: not a schema`);
  const fields = isRecord(schema.properties) ? Object.entries(schema.properties) : [];
  return [
    [path, schema],
    ...fields.flatMap(([name, field]) => levels(field, path ? `${path}.${name}` : name)),
    ...(schema.items === undefined ? [] : levels(schema.items, `${path}[]`)),
    ...(schema.additionalProperties === undefined ? [] : levels(schema.additionalProperties, `${path}{}`)),
  ];
}

function levelProblems(path: string, schema: Record<string, unknown>): string[] {
  return [
    ...forbiddenKeywords(schema),
    ...(typeof schema.description === 'string' || isUndescribed(path) ? [] : ['no description']),
    ...(OF_EVERY_OBJECT.includes(path) ? [] : typeProblems(schema)),
    ...patternProblems(schema.pattern),
  ];
}

const KEYWORDS = new Set([
  ...[
    'type',
    'title',
    'description',
    'format',
    'enum',
    'pattern',
    'minLength',
    'maxLength',
    'minimum',
    'maximum',
  ],
  ...['minItems', 'maxItems', 'items', 'required', 'properties', 'additionalProperties', 'maxProperties'],
  ...[
    'x-kubernetes-int-or-string',
    'x-kubernetes-list-type',
    'x-kubernetes-list-map-keys',
    'x-kubernetes-validations',
  ],
]);

/** Of what the API server checks itself we bound only what rules look at. */
const OF_EVERY_OBJECT = ['apiVersion', 'kind'];

/** An item of a list is described by the list; the metadata by the API server. */
function isUndescribed(path: string): boolean {
  return path.endsWith('[]') || path.endsWith('{}') || path.startsWith('metadata');
}

/** `default`, `$ref`, `oneOf`, `nullable` and the like: none of ours. */
function forbiddenKeywords(schema: Record<string, unknown>): string[] {
  return Object.keys(schema)
    .filter((keyword) => !KEYWORDS.has(keyword))
    .map((keyword) => `${keyword} is not for us`);
}

function typeProblems(schema: Record<string, unknown>): string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return intOrStringProblems(schema);
  switch (schema.type) {
    case 'object':
      if (schema.additionalProperties !== undefined) return mapProblems(schema);
      return isRecord(schema.properties) ? requiredProblems(schema, schema.properties) : ['no properties'];
    case 'array':
      return listProblems(schema);
    case 'string':
      return schema.enum || typeof schema.maxLength === 'number' ? [] : ['unbounded string'];
    case 'integer':
      return integerProblems(schema);
    case 'boolean':
      return [];
    default:
      return [`type ${JSON.stringify(schema.type)}`];
  }
}

/** A map's fields are nobody's in particular, and so it has none of its own. */
function mapProblems({ properties, maxProperties }: Record<string, unknown>): string[] {
  return [
    ...(properties === undefined ? [] : ['properties beside additionalProperties']),
    ...(typeof maxProperties === 'number' ? [] : ['unbounded map']),
  ];
}

/** A type beside it is not structural; a bound is of the type that it fits. */
function intOrStringProblems({ type, minimum, maximum, ...schema }: Record<string, unknown>): string[] {
  const isBounded =
    [minimum, maximum].every((bound) => typeof bound === 'number') && 'x-kubernetes-validations' in schema;
  return [...(type === undefined ? [] : ['a type']), ...(isBounded ? [] : ['unbounded'])];
}

function requiredProblems(schema: Record<string, unknown>, properties: Record<string, unknown>): string[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return required
    .filter((name) => typeof name !== 'string' || properties[name] === undefined)
    .map((name) => `requires ${name}, which it does not have`);
}

function listProblems(schema: Record<string, unknown>): string[] {
  const isMap = schema['x-kubernetes-list-type'] === 'map';
  return [
    ...(schema.items === undefined ? ['no items'] : []),
    ...(typeof schema.maxItems === 'number' ? [] : ['unbounded list']),
    ...(isMap || schema['x-kubernetes-list-type'] === 'atomic' ? [] : ['no list type']),
    ...(isMap && !Array.isArray(schema['x-kubernetes-list-map-keys']) ? ['no map keys'] : []),
  ];
}

function integerProblems({ format, minimum, maximum }: Record<string, unknown>): string[] {
  return [
    ...(format === 'int32' || format === 'int64' ? [] : ['no integer format']),
    ...(typeof minimum === 'number' ? [] : ['no minimum']),
    ...(maximum === undefined || Number(maximum) < Number.MAX_SAFE_INTEGER ? [] : ['a double as maximum']),
  ];
}

/** RE2, which the API server uses, has neither lookaround nor back-references. */
function patternProblems(pattern: unknown): string[] {
  if (typeof pattern !== 'string') return [];
  return [
    ...(/\(\?[=!<]/.test(pattern) ? ['lookaround'] : []),
    ...(/\\[1-9]/.test(pattern) ? ['back-reference'] : []),
    ...(/^\^.*\$$/.test(pattern) ? [] : ['a pattern that is not anchored']),
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
