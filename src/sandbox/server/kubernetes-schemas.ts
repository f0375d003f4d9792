import { ObjectSerializer } from '@kubernetes/client-node/dist/gen/models/ObjectSerializer.js';
import { z } from 'zod';
import { type Fields, fields } from './json.ts';
import type { ResourceType } from './served-resources.ts';

/** What the models of client-node tell of each field: `V1PodSpec`, `Array<string>`, `{ [key: string]: string; }`. */
const modelSchema = z.object({
  attributeTypeMap: z.array(z.object({ baseName: z.string(), type: z.string(), format: z.string() })),
});

/** What the models call a type that is text on the wire. */
const TEXTS = ['string', 'Date', 'V1MicroTime', 'IntOrString'];

/** Quantities are no type of the models, but texts of these names; in maps each value is one. */
const QUANTITIES = [
  'limits',
  'requests',
  'capacity',
  'allocatedResources',
  'overhead',
  'sizeLimit',
  'divisor',
];

const ANYTHING: Fields = { 'x-kubernetes-preserve-unknown-fields': true };

const EVENT = 'CoreV1Event';

/**
 * The schemas of all kinds (OpenAPI 3, each in one piece): of Kubernetes' own from the models that client-node has generated of the
 * API: names, forms and types of all fields. They are made when they are asked for, since most never are.
 */
export class KubernetesSchemas {
  readonly #models = new Map<string, Fields | undefined>();

  /** That of a custom resource is its definition's; undefined for a kind that the models do not know. */
  of({ kind, version, custom }: ResourceType): Fields | undefined {
    if (custom) return fields(fields(custom.schema).openAPIV3Schema);
    return this.#model(kind === 'Event' ? EVENT : `${version[0]?.toUpperCase()}${version.slice(1)}${kind}`);
  }

  #model(name: string): Fields | undefined {
    if (!this.#models.has(name)) {
      // Until it is made: a few models stand within themselves.
      this.#models.set(name, ANYTHING);
      this.#models.set(name, this.#made(name));
    }
    return this.#models.get(name);
  }

  #made(name: string): Fields | undefined {
    // The models are not exported by their names: an empty one, made by name, has its class.
    const instance: unknown = ObjectSerializer.deserialize({}, name, '');
    const model = modelSchema.safeParse({ ...fields(instance).constructor });
    if (!model.success) return undefined;
    const properties = model.data.attributeTypeMap.map(
      ({ baseName, type, format }) =>
        [baseName, this.#schema(type, QUANTITIES.includes(baseName) ? 'quantity' : format)] as const,
    );
    const title = name.replace(/^[A-Z][a-z]*?V\d((alpha|beta)\d)?|^V\d((alpha|beta)\d)?/, '');
    return { type: 'object', title, properties: Object.fromEntries(properties) };
  }

  #schema(type: string, format: string): Fields {
    const [, item] = /^Array<(.+)>$/.exec(type) ?? [];
    if (item !== undefined) return { type: 'array', items: this.#schema(item, format) };
    const [, value] = /^\{ \[key: string\]: (.+); \}$/.exec(type) ?? [];
    if (value !== undefined) return { type: 'object', additionalProperties: this.#schema(value, format) };
    if (type === 'any' || type === 'object') return ANYTHING;
    const isWhole = type === 'number' && format.startsWith('int');
    const scalar = TEXTS.includes(type) ? 'string' : isWhole ? 'integer' : type;
    if (['string', 'integer', 'number', 'boolean'].includes(scalar))
      return { type: scalar, ...(format !== '' && { format }) };
    return this.#model(type) ?? ANYTHING;
  }
}
