import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A field by its number: texts and bytes as they are, numbers and booleans as varints, fields as a message of them. */
export type EncodedField = readonly [number, string | number | boolean | Uint8Array | EncodedFields];
export interface EncodedFields extends ReadonlyArray<EncodedField> {}

/** A message, as Go would write it. */
export function encode(fields: EncodedFields): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  for (const [number, value] of fields) {
    if (typeof value === 'number') writer.tag(number, WireType.Varint).int64(value);
    else if (typeof value === 'boolean') writer.tag(number, WireType.Varint).bool(value);
    else if (typeof value === 'string') writer.tag(number, WireType.LengthDelimited).string(value);
    else
      writer.tag(number, WireType.LengthDelimited).bytes(value instanceof Uint8Array ? value : encode(value));
  }
  return writer.finish();
}

/** An object as the API server sends it, in its envelope. */
export function encodeObject(kind: string, fields: EncodedFields): Uint8Array<ArrayBuffer> {
  return encodeEnvelope(kind, encode(fields));
}

/** The envelope around an object of `v1`. */
export function encodeEnvelope(kind: string, raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const envelope: EncodedFields = [
    [
      1,
      [
        [1, 'v1'],
        [2, kind],
      ],
    ],
    [2, raw],
    [3, ''],
    [4, ''],
  ];
  return Buffer.concat([Buffer.from('k8s\0'), encode(envelope)]);
}

export function encodeStatus(
  code: number,
  reason: string,
  message = `said: ${reason}`,
): Uint8Array<ArrayBuffer> {
  return encodeObject('Status', [
    [
      1,
      [
        [1, ''],
        [2, ''],
        [3, ''],
      ],
    ],
    [2, 'Failure'],
    [3, message],
    [4, reason],
    [
      5,
      [
        [1, ''],
        [5, 0],
      ],
    ],
    [6, code],
  ]);
}

/** An event of a watch, behind its length. */
export function encodeEvent(type: string, object: Uint8Array): Buffer {
  const event = encode([
    [1, type],
    [2, [[1, object]]],
  ]);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(event.length);
  return Buffer.concat([header, event]);
}
