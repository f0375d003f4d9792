import type { Socket } from 'node:net';
import { close, tcpServer } from '../network/loopback.ts';

/** `undefined` leaves one out. */
type Headers = Readonly<Record<string, string | undefined>>;

/** A call's answer, part by part. What is not given is as a correct server has it. */
export interface Script {
  /** Beside status 200 and gRPC's content type. */
  readonly head?: Headers;
  readonly body?: Buffer;
  /** Beside the status 0. */
  readonly trailers?: Headers;
  /** How the answer ends: with its trailers (the default), with its last byte, reset with an error code of HTTP/2, or hung up. */
  readonly end?: 'trailers' | 'body' | 'hang-up' | { readonly reset: number };
}

/** `message` framed as gRPC does it. */
export function framed(
  message: readonly number[],
  { flag = 0, length = message.length }: { readonly flag?: number; readonly length?: number } = {},
): Buffer {
  const frame = Buffer.from([flag, 0, 0, 0, 0, ...message]);
  frame.writeUInt32BE(length, 1);
  return frame;
}

/** `{status: SERVING}` */
export const SERVING = framed([0x08, 0x01]);

const PREFACE_LENGTH = 24;
const FRAME_HEAD = 9;
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const END_STREAM = 1;
const END_HEADERS = 4;
const MAX_FRAME = 16_384;

/** An HTTP/2 server on loopback that answers each connection's first call byte by byte as it is told, right or wrong. */
export async function scriptedGrpcServer(script: Script) {
  const { server, port } = await tcpServer((socket) => {
    socket.write(frame(SETTINGS, 0, 0, Buffer.alloc(0)));
    onceCalled(socket, () => answer(socket, script));
  });
  return { port, stop: () => close(server) };
}

/** Once the client has opened its first stream: before that nothing may be said on it. */
export function onceCalled(socket: Socket, then: () => void): void {
  let read = Buffer.alloc(0);
  const look = (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    for (let at = PREFACE_LENGTH; at + FRAME_HEAD <= read.length; ) {
      if (read[at + 3] === HEADERS) {
        socket.off('data', look).resume();
        return then();
      }
      at += FRAME_HEAD + read.readUIntBE(at, 3);
    }
  };
  socket.on('data', look);
}

function answer(socket: Socket, { head, body = SERVING, trailers, end = 'trailers' }: Script): void {
  const headers = { ':status': '200', 'content-type': 'application/grpc', ...head };
  socket.write(frame(HEADERS, END_HEADERS, 1, fields(headers)));
  for (let at = 0; at < body.length; at += MAX_FRAME)
    socket.write(frame(DATA, 0, 1, body.subarray(at, at + MAX_FRAME)));
  if (end === 'trailers')
    socket.write(frame(HEADERS, END_HEADERS | END_STREAM, 1, fields({ 'grpc-status': '0', ...trailers })));
  else if (end === 'body') socket.write(frame(DATA, END_STREAM, 1, Buffer.alloc(0)));
  else if (end === 'hang-up') socket.end();
  else socket.write(frame(RST_STREAM, 0, 1, Buffer.from([0, 0, 0, end.reset])));
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUIntBE(payload.length, 0, 3);
  head.set([type, flags], 3);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK with nothing but literals (RFC 7541, 6.2.2); names and values of less than 127 bytes. */
function fields(headers: Headers): Buffer {
  const literals = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)],
  );
  return Buffer.concat(literals);
}
