/**
 * The two messages of grpc.health.v1.Health/Check in protobuf, each framed as gRPC sends it: a byte that says whether it
 * is compressed, four bytes of length, the message.
 */

const FRAME_HEAD = 5;
/** Tags of the first field: a string, and an enum. */
const STRING_FIELD = 0x0a;
const ENUM_FIELD = 0x08;
const MAX_VARINT = 10;

const SERVING_STATUS = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Names of gRPC's status codes, by number. */
const STATUS = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** `HealthCheckRequest {string service = 1}`, framed. A field with its default, the empty string, is left out. */
export function encodeHealthRequest(service: string): Buffer {
  const text = Buffer.from(service);
  const message =
    text.length === 0
      ? text
      : Buffer.concat([Buffer.from([STRING_FIELD]), Buffer.from(varint(text.length)), text]);
  const frame = Buffer.alloc(FRAME_HEAD);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

/**
 * The name in a framed `HealthCheckResponse {ServingStatus status = 1}`, or what is wrong with the body: it is to be one whole
 * message that is not compressed, since no compression was offered. An absent field, or no message at all, is the enum's zero.
 */
export function decodeServingStatus(body: Buffer): string {
  if (body.length === 0) return nameOf(0);
  if (body.length < FRAME_HEAD) return 'bad gRPC message: truncated';
  if (body[0] !== 0) return 'bad gRPC message: compressed';
  const rest = body.length - FRAME_HEAD - body.readUInt32BE(1);
  if (rest !== 0) return `bad gRPC message: ${rest < 0 ? 'truncated' : 'too long'}`;
  const status = decodeStatus(body.subarray(FRAME_HEAD));
  return status === undefined ? 'bad gRPC message: malformed' : nameOf(status);
}

function nameOf(status: number): string {
  return SERVING_STATUS[status] ?? `status ${status}`;
}

/** The field's last value, as protobuf has it; undefined where the message is none. Other fields are passed over. */
function decodeStatus(message: Buffer): number | undefined {
  let status = 0;
  for (let at = 0; at < message.length; ) {
    const [tag, start] = readVarint(message, at);
    const end = endOfValue(message, start, tag & 7);
    if (end === undefined || end > message.length) return undefined;
    if (tag === ENUM_FIELD) [status] = readVarint(message, start);
    at = end;
  }
  return status;
}

/** Where the value of a wire type ends, which may be behind the message's own end. */
function endOfValue(message: Buffer, start: number, wireType: number): number | undefined {
  if (wireType === 1) return start + 8;
  if (wireType === 5) return start + 4;
  const [value, end] = readVarint(message, start);
  if (wireType === 0) return end;
  return wireType === 2 ? end + value : undefined;
}

/** A number, and where it ends: at infinity where it is cut off or has more than the ten bytes of 64 bits. */
function readVarint(message: Buffer, start: number): readonly [value: number, end: number] {
  let value = 0;
  for (let index = 0; index < MAX_VARINT; index++) {
    const byte = message[start + index] ?? 0x80;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return [value, start + index + 1];
  }
  return [0, Number.POSITIVE_INFINITY];
}

export function statusName(code: number): string {
  return STATUS[code] ?? `status ${code}`;
}

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)];
}
