import {
  boxed,
  bytes,
  type Fields,
  integer,
  list,
  MalformedProtobuf,
  type Message,
  message,
  omitEmpty,
  one,
  readMessage,
  text,
} from './message.ts';

export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** What client-go asks for the kinds of Kubernetes: a server that has no protobuf answers in JSON. */
export const PROTOBUF_OR_JSON = `${PROTOBUF_TYPE},application/json`;

/** Whether an answer of that `Content-Type` is protobuf; that of a watch has `;stream=watch` behind it. */
export function isProtobuf(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim() === PROTOBUF_TYPE;
}

/** Stand before each object, and tell it from JSON: `k8s` and a zero. */
const MAGIC = [0x6b, 0x38, 0x73, 0];

/** `runtime.Unknown` */
const ENVELOPE = message({ kind: one(1, boxed(text, 2)), raw: one(2, bytes) });

const STATUS = message({
  message: one(3, text),
  reason: one(4, text),
  details: one(
    5,
    message({
      causes: list(4, message({ reason: one(1, text), message: one(2, text), field: one(3, text) })),
      retryAfterSeconds: one(5, omitEmpty(integer)),
    }),
  ),
  code: one(6, omitEmpty(integer)),
});

const LIST_META = message({ resourceVersion: one(2, text), continue: one(3, text) });

/** A list of such objects. */
export function listOf(item: Message): Message {
  return message({ metadata: one(1, LIST_META), items: list(2, item) });
}

/**
 * Reads an object in its envelope, or the Status that came in its place.
 *
 * @throws MalformedProtobuf
 */
export function readObject(body: Uint8Array, expected: Message): Fields {
  const isObject = MAGIC.every((byte, index) => body[index] === byte);
  if (!isObject) throw new MalformedProtobuf(`${body.length} bytes that are no object of Kubernetes`);
  const { kind, raw } = readMessage(body.subarray(MAGIC.length), ENVELOPE);
  const fields = raw instanceof Uint8Array ? readMessage(raw, kind === 'Status' ? STATUS : expected) : {};
  return { kind, ...fields };
}

/** Reads a Status in its envelope; undefined where it is none. */
export function readStatus(body: Uint8Array): Fields | undefined {
  try {
    return readObject(body, STATUS);
  } catch {
    return undefined;
  }
}

const WATCH_EVENT = message({ type: one(1, text), object: one(2, boxed(bytes)) });

/**
 * Reads an event of a watch.
 *
 * @throws MalformedProtobuf
 */
export function readWatchEvent(frame: Uint8Array, expected: Message): Fields {
  const { type, object } = readMessage(frame, WATCH_EVENT);
  return { type, object: object instanceof Uint8Array ? readObject(object, expected) : undefined };
}
