import type { Duplex } from 'node:stream';
import { drip, flood } from './flood.ts';
import type { Hostile } from './hostile.ts';

const DATA = 0;
const HEADERS = 1;
const PRIORITY = 2;
const RST_STREAM = 3;
const SETTINGS = 4;
const PUSH_PROMISE = 5;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;
const UNKNOWN = 0x42;
const END_HEADERS = 4;

function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer | readonly number[] = [],
): Buffer {
  const head = Buffer.alloc(9);
  const body = Buffer.from(payload);
  head.writeUIntBE(body.length, 0, 3);
  head.set([type, flags], 3);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** A header field of HPACK, literal; with `0x40` it goes into the table, where index 62 is the newest. */
function literal(name: string, value: string | Buffer, kind = 0): Buffer {
  return Buffer.concat([Buffer.from([kind, name.length]), Buffer.from(name), text(value)]);
}

/** A string of HPACK: its length is a number with a prefix of 7 bits (RFC 7541, 5.1). */
function text(value: string | Buffer): Buffer {
  const length = value.length < 127 ? [value.length] : [127, ...varint(value.length - 127)];
  return Buffer.concat([Buffer.from(length), typeof value === 'string' ? Buffer.from(value) : value]);
}

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)];
}

const STATUS_200 = Buffer.from([0x88]);
const HEAD = frame(
  HEADERS,
  END_HEADERS,
  1,
  Buffer.concat([STATUS_200, literal('content-type', 'application/grpc')]),
);
const INTERIM = frame(HEADERS, END_HEADERS, 1, literal(':status', '103'));
/** A field of 4,000 bytes, and an index of one byte for it, over and over: 16 KB stand for 50 MB. */
const BOMB = Buffer.concat([
  STATUS_200,
  literal('x', 'y'.repeat(4000), 0x40),
  Buffer.alloc(12_000, 0x80 | 62),
]);

function floods(head: readonly Buffer[], bytes: Buffer): Hostile['serve'] {
  return (socket: Duplex) => {
    socket.write(Buffer.concat([frame(SETTINGS, 0, 0), ...head]));
    flood(socket, bytes);
  };
}

/** Whichever limit is reached first, that of bytes or one of HTTP/2's own, it is told and not waited out. */
const REFUSED = /^(not an HTTP\/2 response|the response is longer than 64 KiB|connection closed)/;

export const GRPC_SERVERS: Readonly<Record<string, Hostile>> = {
  'data frames without an end': {
    serve: floods([HEAD], frame(DATA, 0, 1, Buffer.alloc(1000))),
    answer: /^bad gRPC message: too long$/,
  },
  'empty data frames without an end': { serve: floods([HEAD], frame(DATA, 0, 1)), answer: REFUSED },
  'continuations without an end': {
    serve: floods([frame(HEADERS, 0, 1, STATUS_200)], frame(CONTINUATION, 0, 1, literal('x', 'y'))),
    answer: REFUSED,
  },
  'empty continuations without an end': {
    serve: floods([frame(HEADERS, 0, 1, STATUS_200)], frame(CONTINUATION, 0, 1)),
    answer: REFUSED,
  },
  'headers that unfold to megabytes': {
    serve: (socket) =>
      socket.write(Buffer.concat([frame(SETTINGS, 0, 0), frame(HEADERS, END_HEADERS, 1, BOMB)])),
    answer: REFUSED,
  },
  'settings without an end': {
    serve: floods([], frame(SETTINGS, 0, 0, [0, 4, 0, 0, 0xff, 0xff])),
    answer: REFUSED,
  },
  'empty settings without an end': { serve: floods([], frame(SETTINGS, 0, 0)), answer: REFUSED },
  'pings without an end': { serve: floods([], frame(PING, 0, 0, Buffer.alloc(8))), answer: REFUSED },
  'resets without an end': { serve: floods([], frame(RST_STREAM, 0, 1, [0, 0, 0, 8])), answer: REFUSED },
  'window updates without an end': {
    serve: floods([], frame(WINDOW_UPDATE, 0, 0, [0, 0, 0, 1])),
    answer: REFUSED,
  },
  'priorities without an end': {
    serve: floods([], frame(PRIORITY, 0, 1, [0, 0, 0, 0, 1])),
    answer: REFUSED,
  },
  'frames of an unknown type without an end': { serve: floods([], frame(UNKNOWN, 0, 0)), answer: REFUSED },
  'pushes that were forbidden': {
    serve: floods([], frame(PUSH_PROMISE, END_HEADERS, 1, [0, 0, 0, 2, 0x88])),
    answer: REFUSED,
  },
  'interim responses without an end': {
    serve: floods([], INTERIM),
    answer: /^more than 8 interim responses/,
  },
  'a command to the terminal in its content type': {
    serve: (socket) => {
      const type = literal('content-type', Buffer.from('text/\x9b31mred', 'latin1'));
      const head = frame(HEADERS, END_HEADERS, 1, Buffer.concat([STATUS_200, type]));
      socket.write(Buffer.concat([frame(SETTINGS, 0, 0), head, frame(DATA, 1, 1)]));
    },
    answer: /^not gRPC: text\/red$/,
  },
  'a farewell and silence': {
    serve: (socket) =>
      socket.write(Buffer.concat([frame(SETTINGS, 0, 0), frame(GOAWAY, 0, 0, Buffer.alloc(8))])),
    answer: /./,
  },
  'bytes that are no HTTP/2': {
    serve: (socket) => flood(socket, 'HTTP/1.1 400 Bad Request\r\n'),
    answer: REFUSED,
  },
  'one byte now and then': {
    serve: (socket) => drip(socket, Buffer.concat([frame(SETTINGS, 0, 0), HEAD, Buffer.alloc(100)])),
    answer: /^timeout$/,
  },
  silence: { serve: () => undefined, answer: /^timeout$/ },
};
