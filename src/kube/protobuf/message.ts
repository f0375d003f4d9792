import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/**
 * Kubernetes' protobuf, of which a table names what is read: it becomes what JSON has in its place, and all else is passed
 * over. Numbers and types of the fields stand in the `generated.proto` files of k8s.io/api and k8s.io/apimachinery, and
 * never change.
 */

/** How a value is read; undefined is none. */
export interface Value {
  readonly wire: WireType;
  readonly read: (reader: BinaryReader) => unknown;
}

/** What is an object in JSON. */
export interface Message extends Value {
  readonly fields: readonly (NamedField | undefined)[];
  readonly read: (reader: BinaryReader) => Fields;
}

export type Fields = Record<string, unknown>;

interface Field {
  readonly number: number;
  readonly wire: WireType;
  /** Reads one occurrence into the object. */
  readonly take: (reader: BinaryReader, object: Fields, name: string) => void;
}

interface NamedField extends Field {
  readonly name: string;
}

/** Bytes that were cut off, or that are no such message. */
export class MalformedProtobuf extends Error {
  override readonly name = 'MalformedProtobuf';
}

/**
 * Reads all of the bytes as one message. Whatever lengths they tell, it takes no more memory than what is there.
 *
 * @throws MalformedProtobuf, and nothing else
 */
export function readMessage(bytes: Uint8Array, { fields }: Message): Fields {
  const reader = new BinaryReader(bytes);
  try {
    return readFields(reader, fields, reader.len);
  } catch (cause) {
    throw new MalformedProtobuf(`${bytes.length} bytes that are no such message`, { cause });
  }
}

/** A message by the names that JSON has for its fields. */
export function message(fields: Readonly<Record<string, Field>>): Message {
  const byNumber: (NamedField | undefined)[] = [];
  for (const [name, field] of Object.entries(fields)) byNumber[field.number] = { ...field, name };
  return {
    wire: WireType.LengthDelimited,
    fields: byNumber,
    read: (reader) => readFields(reader, byNumber, reader.uint32() + reader.pos),
  };
}

function readFields(reader: BinaryReader, fields: Message['fields'], end: number): Fields {
  const object: Fields = {};
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    const field = fields[number];
    if (field === undefined) pass(reader, wire, number);
    else if (field.wire === wire) field.take(reader, object, field.name);
    else throw new Error(`field ${number} is of wire type ${wire}`);
  }
  if (reader.pos !== end) throw new RangeError('a field goes on after the end of its message');
  return object;
}

/** What is longest is passed over without a view of it, which costs more than all else here. */
function pass(reader: BinaryReader, wire: WireType, number: number): void {
  if (wire !== WireType.LengthDelimited) return void reader.skip(wire, number);
  const length = reader.uint32();
  reader.pos += length;
}

/** A field that is there once. */
export function one(number: number, { wire, read }: Value): Field {
  return {
    ...{ number, wire },
    take: (reader, object, name) => {
      const value = read(reader);
      if (value !== undefined) object[name] = value;
    },
  };
}

/** A `repeated` field. */
export function list(number: number, { wire, read }: Value): Field {
  return {
    ...{ number, wire },
    take: (reader, object, name) => {
      const items = object[name];
      if (Array.isArray(items)) items.push(read(reader));
      else object[name] = [read(reader)];
    },
  };
}

/** A `map` of texts, or of what JSON has as texts. */
export function map(number: number, value: Value): Field {
  const entry = message({ key: one(1, text), value: one(2, value) });
  return {
    ...{ number, wire: WireType.LengthDelimited },
    take: (reader, object, name) => {
      const { key = '', value = '' } = entry.read(reader);
      const entries = object[name];
      // No key makes a text the prototype.
      if (isFields(entries)) entries[String(key)] = value;
      else object[name] = { [String(key)]: value };
    },
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

export const text: Value = {
  wire: WireType.LengthDelimited,
  read: (reader) => reader.string(),
};

/** An `int32` or `int64`; beyond what a number can tell apart, about as much. */
export const integer: Value = {
  wire: WireType.Varint,
  read: (reader) => Number(reader.int64()),
};

export const flag: Value = {
  wire: WireType.Varint,
  read: (reader) => reader.bool(),
};

/** A view of the bytes, no copy. */
export const bytes: Value = {
  wire: WireType.LengthDelimited,
  read: (reader) => reader.bytes(),
};

/** What JSON leaves out where it is empty, or 0, and what says something by being there. Go writes that too. */
export function omitEmpty({ wire, read }: Value): Value {
  return { wire, read: (reader) => read(reader) || undefined };
}

/** A message of which JSON has one field in its place: a Quantity, a LocalObjectReference. */
export function boxed(value: Value, number = 1): Value {
  const box = message({ value: one(number, value) });
  return { wire: box.wire, read: (reader) => box.read(reader).value };
}

/**
 * A Time as in JSON. One of no bytes is Go's zero, which says that it is not known. Nor is one that no calendar has, which
 * whoever writes objects as protobuf can have stored: it must not keep the others from being read.
 */
export const time: Value = {
  wire: WireType.LengthDelimited,
  read: (reader) => {
    const seconds = secondsOf.read(reader);
    if (typeof seconds !== 'number') return undefined;
    const at = new Date(seconds * 1000);
    return Number.isNaN(at.getTime()) ? undefined : at.toISOString().replace('.000Z', 'Z');
  },
};

const secondsOf = boxed(integer);
