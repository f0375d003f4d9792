import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { timestamp } from './deletion.ts';
import { type Fields, fields, list, number, text } from './json.ts';
import { MESSAGES } from './protobuf-messages.ts';
import { badRequest, StatusError, unsupportedMediaType } from './status-error.ts';

/**
 * Kubernetes' protobuf form of objects, as far as kubectl leaves no choice: since 1.32 `kubectl create` and `auth` send
 * nothing else for the kinds of Kubernetes. Go writes empty fields too: what is empty is absent here.
 */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** The bytes before the message: `k8s` and a zero. */
const MAGIC_BYTES = 4;

interface Field {
  readonly name: string;
  readonly type: string;
  readonly form: 'one' | 'list' | 'map';
  /** Whether 0 and false are values, and not what Go writes for an absent field. */
  readonly saysZero: boolean;
}

/** Reads an object in its envelope. Throws 415 for what it does not know, and 400 for what is no protobuf. */
export function readProtobuf(body: Uint8Array): Fields {
  try {
    return object(body);
  } catch (error) {
    throw error instanceof StatusError ? error : badRequest(`the body is no protobuf: ${error}`);
  }
}

function object(body: Uint8Array): Fields {
  const envelope = message(body.subarray(MAGIC_BYTES), fieldsOf(MESSAGES.Unknown));
  const about = fields(envelope.typeMeta);
  const raw = Buffer.from(text(envelope.raw), 'base64');
  return { ...about, ...message(raw, messageOf(text(about.kind))) };
}

function messageOf(name: string): ReadonlyMap<number, Field> {
  const found = Object.entries(MESSAGES).find(([known]) => known === name);
  if (!found) throw unsupportedMediaType(`the sandbox reads ${name} as application/json only`);
  return fieldsOf(found[1]);
}

function fieldsOf(notation: string): ReadonlyMap<number, Field> {
  const found = notation.matchAll(/(\d+) ([\w.]+)(?::(\w+)|\[(\w*)\]|\{(\w*)\})?(\??)/g);
  return new Map(
    [...found].map(([, tag, name = '', one, listed, mapped, zero]): [number, Field] => {
      const form = listed !== undefined ? 'list' : mapped !== undefined ? 'map' : 'one';
      const type = one || listed || mapped || 'string';
      return [Number(tag), { name, type, form, saysZero: zero === '?' }];
    }),
  );
}

function message(body: Uint8Array, known: ReadonlyMap<number, Field>): Fields {
  const reader = new BinaryReader(body);
  const object: Record<string, unknown> = {};
  while (reader.pos < reader.len) {
    const [tag, wire] = reader.tag();
    const field = known.get(tag);
    if (!field) assertEmpty(tag, wire, reader);
    else if (field.form === 'list')
      object[field.name] = [...list(object[field.name]), value(reader, field.type)];
    else if (field.form === 'map')
      object[field.name] = { ...fields(object[field.name]), ...entry(reader.bytes(), field.type) };
    else if (field.name === '...') Object.assign(object, value(reader, field.type));
    else set(object, field, value(reader, field.type));
  }
  return object;
}

function set(object: Record<string, unknown>, { name, saysZero }: Field, read: unknown): void {
  const isAbsent = read === '' || (!saysZero && (read === 0 || read === false));
  if (!isAbsent) object[name] = read;
}

function value(reader: BinaryReader, type: string): unknown {
  switch (type) {
    case 'string':
      return reader.string();
    case 'int':
      return Number(reader.int64());
    case 'bool':
      return reader.bool();
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64');
    default:
      return plain(message(reader.bytes(), messageOf(type)), type);
  }
}

/** Some messages are plain values in JSON. */
function plain(read: Fields, type: string): unknown {
  if (type === 'Quantity') return read.string ?? '';
  if (type === 'Time') return read.seconds === undefined ? '' : timestamp(number(read.seconds) * 1000);
  if (type === 'IntOrString') return read.type === 1 ? (read.string ?? '') : (read.int ?? 0);
  return read;
}

/** A map travels as a list of its entries. */
function entry(body: Uint8Array, type: string): Fields {
  const { key, value: read } = message(body, fieldsOf(`1 key, 2 value:${type}`));
  return { [text(key)]: read ?? '' };
}

/** A field that is not read must not be lost silently. */
function assertEmpty(field: number, wire: WireType, reader: BinaryReader): void {
  if (isEmpty(wire, reader.skip(wire, field))) return;
  throw unsupportedMediaType(`the sandbox does not read protobuf field ${field}: use application/json`);
}

/** Whether a value that was skipped is 0, has no bytes, or is a message of such values. */
function isEmpty(wire: WireType, skipped: Uint8Array): boolean {
  if (wire === WireType.Varint) return skipped.every((byte) => byte === 0);
  if (wire !== WireType.LengthDelimited) return false;
  const inner = new BinaryReader(new BinaryReader(skipped).bytes());
  try {
    while (inner.pos < inner.len) {
      const [field, type] = inner.tag();
      if (!isEmpty(type, inner.skip(type, field))) return false;
    }
    return true;
  } catch {
    // Text, and not a message.
    return false;
  }
}
