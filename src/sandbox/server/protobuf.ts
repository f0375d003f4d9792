import { type Fields, fields, list } from './json.ts';
import { unsupportedMediaType } from './status-error.ts';

/**
 * Kubernetes' protobuf form of objects, as far as kubectl leaves no choice: since 1.32 `kubectl create namespace`,
 * `deployment`, `configmap`, `secret`, `service` and `serviceaccount` send nothing else. Field numbers are those of
 * Kubernetes' `generated.proto` files. Go writes empty fields too: what is empty is absent here.
 */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

type Type =
  | 'string'
  | 'int'
  | 'base64'
  | 'map'
  | 'base64 map'
  | 'int-or-string'
  | Message
  | readonly [Message | 'string'];

/** Field number → name and type; a list for a repeated field. */
interface Message {
  readonly [number: number]: readonly [string, Type];
}

const metadata: Message = {
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  11: ['labels', 'map'],
  12: ['annotations', 'map'],
};
const intOrString: Message = { 1: ['type', 'int'], 2: ['int', 'int'], 3: ['string', 'string'] };
const containerPort: Message = {
  1: ['name', 'string'],
  3: ['containerPort', 'int'],
  4: ['protocol', 'string'],
};
const container: Message = {
  1: ['name', 'string'],
  2: ['image', 'string'],
  3: ['command', ['string']],
  4: ['args', ['string']],
  6: ['ports', [containerPort]],
  14: ['imagePullPolicy', 'string'],
};
const template: Message = { 1: ['metadata', metadata], 2: ['spec', { 2: ['containers', [container]] }] };
const deploymentSpec: Message = {
  1: ['replicas', 'int'],
  2: ['selector', { 1: ['matchLabels', 'map'] }],
  3: ['template', template],
};
const servicePort: Message = {
  1: ['name', 'string'],
  2: ['protocol', 'string'],
  3: ['port', 'int'],
  4: ['targetPort', 'int-or-string'],
};
const serviceSpec: Message = {
  1: ['ports', [servicePort]],
  2: ['selector', 'map'],
  3: ['clusterIP', 'string'],
  4: ['type', 'string'],
  10: ['externalName', 'string'],
};

const MESSAGES: Readonly<Record<string, Message>> = {
  Namespace: { 1: ['metadata', metadata] },
  ServiceAccount: { 1: ['metadata', metadata] },
  ConfigMap: { 1: ['metadata', metadata], 2: ['data', 'map'], 3: ['binaryData', 'base64 map'] },
  Secret: { 1: ['metadata', metadata], 2: ['data', 'base64 map'], 3: ['type', 'string'] },
  Service: { 1: ['metadata', metadata], 2: ['spec', serviceSpec] },
  Deployment: { 1: ['metadata', metadata], 2: ['spec', deploymentSpec] },
};

const typeMeta: Message = { 1: ['apiVersion', 'string'], 2: ['kind', 'string'] };

/** Reads an object in its envelope (`k8s\0`, then a `runtime.Unknown`). Throws 415 for what it does not know. */
export function readProtobuf(body: Buffer): Fields {
  const envelope = new Map(entries(body.subarray(4)));
  const about = message(bytes(envelope.get(1)), typeMeta);
  const schema = MESSAGES[String(about.kind)];
  if (!schema) throw unsupportedMediaType(`the sandbox reads ${about.kind} as application/json only`);
  return { ...about, ...message(bytes(envelope.get(2)), schema) };
}

function message(body: Buffer, schema: Message): Fields {
  const object: Record<string, unknown> = {};
  for (const [number, value] of entries(body)) {
    const [name, type] = schema[number] ?? [];
    if (name === undefined || type === undefined) {
      assertEmpty(number, value);
    } else if (type === 'map' || type === 'base64 map') {
      object[name] = { ...fields(object[name]), ...pair(value, type === 'map' ? 'string' : 'base64') };
    } else if (isRepeated(type)) {
      object[name] = [...list(object[name]), field(value, type[0])];
    } else {
      const read = field(value, type);
      if (read !== '') object[name] = read;
    }
  }
  return object;
}

function isRepeated(type: Type): type is readonly [Message | 'string'] {
  return Array.isArray(type);
}

function field(
  value: number | Buffer,
  type: Message | 'string' | 'int' | 'base64' | 'int-or-string',
): unknown {
  if (type === 'int') return value;
  if (type === 'string') return bytes(value).toString();
  if (type === 'base64') return bytes(value).toString('base64');
  if (type !== 'int-or-string') return message(bytes(value), type);
  const either = message(bytes(value), intOrString);
  return either.type === 1 ? either.string : either.int;
}

function pair(value: number | Buffer, type: 'string' | 'base64'): Fields {
  const { key, value: read } = message(bytes(value), { 1: ['key', 'string'], 2: ['value', type] });
  return { [String(key)]: read ?? '' };
}

/** A field that is not read must not be lost silently. */
function assertEmpty(number: number, value: number | Buffer): void {
  const empty =
    typeof value === 'number' ? value === 0 : [...entries(value)].every(([, inner]) => isEmpty(inner));
  if (!empty)
    throw unsupportedMediaType(`the sandbox does not read protobuf field ${number}: use application/json`);
}

function isEmpty(value: number | Buffer): boolean {
  return typeof value === 'number' ? value === 0 : value.length === 0;
}

function bytes(value: number | Buffer | undefined): Buffer {
  return typeof value === 'object' ? value : Buffer.alloc(0);
}

/** The fields of a message: number and value (a varint, or bytes). */
function* entries(body: Buffer): Generator<[number, number | Buffer]> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = body[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < body.length) {
    const tag = varint();
    const [number, wire] = [tag >>> 3, tag & 7];
    const value = varint();
    if (wire !== 0 && wire !== 2) throw unsupportedMediaType(`protobuf wire type ${wire}`);
    yield [number, wire === 0 ? value : body.subarray(at, at + value)];
    if (wire === 2) at += value;
  }
}
