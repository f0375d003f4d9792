/**
 * The two messages of grpc.health.v1.Health/Check in protobuf, each framed as gRPC sends it: a byte that says whether it
 * is compressed, four bytes of length, the message.
 */

const FRAME_HEAD = 5;
/** Tags of the first field: a string, and an enum. */
const STRING_FIELD = 0x0a;
const ENUM_FIELD = 0x08;

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

/** The name in a framed `HealthCheckResponse {ServingStatus status = 1}`. An absent field is the enum's zero. */
export function decodeServingStatus(body: Buffer): string {
  const [tag, value = 0] = body.subarray(FRAME_HEAD);
  const status = tag === ENUM_FIELD ? value : 0;
  return SERVING_STATUS[status] ?? `status ${status}`;
}

export function statusName(code: number): string {
  return STATUS[code] ?? `status ${code}`;
}

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)];
}
