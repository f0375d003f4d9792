import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { drip, flood } from './flood.ts';
import type { Hostile } from './hostile.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const CONTROL = 'x: \x07\x1b[2J\r\n\r\n';

function says(text: string): Hostile['serve'] {
  return (socket) => socket.write(text);
}

function floods(head: string, bytes: Buffer | string): Hostile['serve'] {
  return (socket) => {
    socket.write(head);
    flood(socket, bytes);
  };
}

/** Sixteen megabytes of zeros in sixteen kilobytes. */
const BOMB = gzipSync(Buffer.alloc(16 * 1024 * 1024));

function bomb(socket: Duplex): void {
  socket.write(`${OK}content-encoding: gzip\r\ncontent-length: ${BOMB.length}\r\n\r\n`);
  socket.write(BOMB);
}

/** The head is the answer: what comes behind it is not read. */
const HEAD_IS_ENOUGH = { satisfied: true, answer: /^HTTP 200$/ };

export const HTTP_SERVERS: Readonly<Record<string, Hostile>> = {
  'endless headers': { serve: floods(OK, 'x: y\r\n'), answer: /^the head of the response is longer/ },
  'a header without an end': {
    serve: floods(`${OK}x: `, 'y'),
    answer: /^the head of the response is longer/,
  },
  'a header name without an end': { serve: floods(OK, 'y'), answer: /^the head of the response is longer/ },
  'a reason without an end': {
    serve: floods('HTTP/1.1 200 ', 'y'),
    answer: /^the head of the response is longer/,
  },
  'empty lines without an end': { serve: floods('', '\r\n'), answer: /^the response is longer than 64 KiB$/ },
  'interim responses without an end': {
    serve: floods('', 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'),
    answer: /^more than 8 interim responses/,
  },
  'a 100 Continue every few milliseconds': {
    serve: (socket) => drip(socket, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100), 1),
    answer: /^more than 8 interim responses|^timeout$/,
  },
  'an endless body': { serve: floods(`${OK}\r\n`, 'y'), ...HEAD_IS_ENOUGH },
  'chunks of garbage': {
    serve: floods(`${OK}transfer-encoding: chunked\r\n\r\n`, 'zz\r\n'),
    ...HEAD_IS_ENOUGH,
  },
  'a chunk extension without an end': {
    serve: floods(`${OK}transfer-encoding: chunked\r\n\r\n1;`, 'y'),
    ...HEAD_IS_ENOUGH,
  },
  'a gzip bomb': { serve: bomb, ...HEAD_IS_ENOUGH },
  'a redirect to itself': {
    serve: says('HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n'),
    answer: /^HTTP 302$/,
  },
  'a redirect to a huge location': {
    serve: says(`HTTP/1.1 302 Found\r\nlocation: /${'y'.repeat(40_000)}\r\n\r\n`),
    answer: /^the head of the response is longer/,
  },
  'control characters in a header': { serve: says(`${OK}${CONTROL}`), answer: /^not an HTTP response$/ },
  'control characters in the reason': {
    serve: says(`HTTP/1.1 503 \x07\x1b[2J\u202e\r\n${CONTROL}`),
    answer: /^not an HTTP response$/,
  },
  'two lengths': {
    serve: says(`${OK}content-length: 1\r\ncontent-length: 2\r\n\r\n`),
    answer: /^not an HTTP response$/,
  },
  'bytes that are no HTTP': { serve: floods('', '\x00\x01\xff'), answer: /^not an HTTP response$/ },
  'one byte now and then': {
    serve: (socket) => drip(socket, `${OK}x: ${'y'.repeat(1000)}`),
    answer: /^timeout$/,
  },
  silence: { serve: () => undefined, answer: /^timeout$/ },
};
