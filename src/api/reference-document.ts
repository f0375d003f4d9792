import { gateJsonSchema } from './crd.ts';
import type { JsonSchema } from './json-schema.ts';
import { code, table } from './markdown.ts';
import { API_VERSION, GROUP, KIND, PLURAL, SHORT_NAME } from './names.ts';
import { CONDITIONS } from './status.ts';

/** docs/reference/api.md: every field, its bounds and its rules, from the same schema as the CRD. */
export function formatReference(): string {
  const root = gateJsonSchema();
  const { spec, status } = root.properties ?? {};
  if (!spec || !status) throw new TypeError('a gate has a spec and a status');
  return `${[
    '<!-- Generated from src/api by `make generate`. -->',
    `# ${KIND}`,
    root.description,
    `\`apiVersion: ${API_VERSION}\`, \`kind: ${KIND}\`; \`kubectl get ${SHORT_NAME}\` (${PLURAL}.${GROUP}), namespaced.`,
    'A field that is not marked required may be absent. The API server refuses an object that breaks a bound or a rule. A rule of a text is told by what to write.',
    ...ruleList(root),
    ...section('spec', spec),
    ...section('status', status),
    '## Conditions',
    table(
      ['Condition', 'Meaning'],
      Object.entries(CONDITIONS).map(([type, meaning]) => [code(type), meaning]),
    ),
  ].join('\n\n')}\n`;
}

/** An object's heading, description, rules and fields, and after them the sections of the objects in it. */
function section(path: string, schema: JsonSchema): string[] {
  const fields = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required);
  return [
    `## ${path}`,
    ...(schema.description ? [schema.description] : []),
    ...ruleList(schema),
    table(
      ['Field', 'Type', 'Description'],
      fields.map(([name, field]) => [code(name), typeOf(field), describe(field, required.has(name))]),
    ),
    ...fields.flatMap(([name, field]) => subsection(`${path}.${name}`, field)),
  ];
}

function subsection(path: string, schema: JsonSchema): string[] {
  if (schema.properties) return section(path, schema);
  return schema.items?.properties ? section(`${path}[]`, schema.items) : [];
}

function typeOf({ type, items, format, additionalProperties }: JsonSchema): string {
  if (additionalProperties) return `map of ${typeOf(additionalProperties)}`;
  if (items) return `[]${typeOf(items)}`;
  return format === 'date-time' ? 'time' : (type ?? 'integer or string');
}

function describe(schema: JsonSchema, required: boolean): string {
  return [
    ...(required ? ['**Required.**'] : []),
    schema.description ?? '',
    ...bounds(schema).map((bound) => `${bound}.`),
    ...(schema.properties ? [] : rules(schema).map((rule) => `Refused: ${rule}.`)),
    ...belowIn(schema).flatMap((each) => rules(each).map((rule) => `Each refused: ${rule}.`)),
  ].join(' ');
}

/** What a list or a map has that is no object, and so has no section of its own. */
function belowIn({ items, additionalProperties }: JsonSchema): JsonSchema[] {
  return [items ?? [], additionalProperties ?? []].flat().filter(({ properties }) => !properties);
}

/** What limits a value, as sentences without their stop. */
function bounds(schema: JsonSchema): string[] {
  const { items, format, additionalProperties } = schema;
  return [
    ...(schema.enum ? [`One of ${schema.enum.map(code).join(', ')}`] : []),
    ...between(schema.minimum, schema.maximum, ''),
    ...(format === 'date-time' ? [] : between(schema.minLength, schema.maxLength, ' characters')),
    ...between(schema.minItems, schema.maxItems, ' items'),
    ...between(undefined, schema.maxProperties, ' entries'),
    ...(additionalProperties ? bounds(additionalProperties).map((bound) => `Each value: ${bound}`) : []),
    ...(items && !items.properties ? bounds(items).map((bound) => `Each: ${bound}`) : []),
  ];
}

function between(minimum: number | undefined, maximum: number | undefined, unit: string): string[] {
  if (maximum === undefined) return minimum === undefined ? [] : [`At least ${minimum}${unit}`];
  return [minimum === undefined ? `At most ${maximum}${unit}` : `${minimum} to ${maximum}${unit}`];
}

function ruleList(schema: JsonSchema): string[] {
  const list = rules(schema).map((message) => `- ${message}`);
  return list.length === 0 ? [] : ['Refused, in these words:', list.join('\n')];
}

function rules(schema: JsonSchema): string[] {
  return (schema['x-kubernetes-validations'] ?? []).map(({ message }) => message);
}
