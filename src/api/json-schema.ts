import { z } from 'zod';

/**
 * The JSON schema of a custom resource, as the API server wants it: OpenAPI v3 made structural. Only what our own
 * schemas use is here; the tests hold the result to the API server's rules.
 */
export interface JsonSchema {
  /** Of every value but an integer or string, which has none. */
  type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  /** Of the whole: see `TITLE_START`. */
  title?: string;
  description?: string;
  format?: string;
  enum?: string[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: JsonSchema;
  required?: string[];
  properties?: Record<string, JsonSchema>;
  /** Of a map: what its values are. */
  additionalProperties?: JsonSchema;
  maxProperties?: number;
  'x-kubernetes-int-or-string'?: true;
  'x-kubernetes-list-type'?: 'atomic' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-validations'?: CelRule[];
}

export interface CelRule {
  rule: string;
  message: string;
  /** Says it in the place of `message`, by the value. */
  messageExpression?: string;
  fieldPath?: string;
}

const MAX_INT32 = 2 ** 31 - 1;

const celRule: z.ZodType<CelRule> = z.strictObject({
  rule: z.string(),
  message: z.string(),
  messageExpression: z.string().exactOptional(),
});

/**
 * What zod makes of our schemas, narrowed: anything else in it is a schema that the CRD cannot say. Nor is a pattern: the API
 * server would show it (see `text-rule.ts`).
 */
const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.strictObject({
    type: z.enum(['object', 'array', 'string', 'integer', 'boolean']).exactOptional(),
    description: z.string().exactOptional(),
    format: z.string().exactOptional(),
    enum: z.array(z.string()).exactOptional(),
    minLength: z.int().exactOptional(),
    maxLength: z.int().exactOptional(),
    minimum: z.int().exactOptional(),
    maximum: z.int().exactOptional(),
    minItems: z.int().exactOptional(),
    maxItems: z.int().exactOptional(),
    items: jsonSchema.exactOptional(),
    required: z.array(z.string()).exactOptional(),
    properties: z.record(z.string(), jsonSchema).exactOptional(),
    additionalProperties: jsonSchema.exactOptional(),
    maxProperties: z.int().exactOptional(),
    'x-kubernetes-int-or-string': z.literal(true).exactOptional(),
    'x-kubernetes-list-type': z.enum(['atomic', 'map']).exactOptional(),
    'x-kubernetes-list-map-keys': z.array(z.string()).exactOptional(),
    'x-kubernetes-validations': z.array(celRule).exactOptional(),
  }),
);

/**
 * The schema of an object in the API server's terms.
 * @throws ZodError where the schema says something that a CRD cannot.
 */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...openApi } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    override: ({ jsonSchema: node }) => {
      // Unknown fields are pruned, and reported by strict field validation: beside properties this is not structural.
      if (node.properties) delete node.additionalProperties;
      delete node.propertyNames;
      if (node.type === 'integer') boundInteger(node);
      if (node.anyOf) mergeIntOrString(node);
    },
  });
  return jsonSchema.parse(openApi);
}

/** A union is structural in one form: an integer or a string, in which each bound is of the type that it fits. */
function mergeIntOrString(node: z.core.JSONSchema.BaseSchema): void {
  const [integer, string, ...more] = node.anyOf ?? [];
  if (integer?.type !== 'integer' || string?.type !== 'string' || more.length > 0) return;
  const { type: _integer, format: _format, ...bounds } = integer;
  const { type: _string, ...shape } = string;
  delete node.anyOf;
  Object.assign(node, bounds, shape, { 'x-kubernetes-int-or-string': true });
}

/** zod bounds an integer by what a double can hold; in Kubernetes the format says how wide it is. */
function boundInteger(node: { minimum?: number; maximum?: number; format?: string }): void {
  if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
  if (node.minimum === Number.MIN_SAFE_INTEGER) delete node.minimum;
  node.format = node.maximum !== undefined && node.maximum <= MAX_INT32 ? 'int32' : 'int64';
}
