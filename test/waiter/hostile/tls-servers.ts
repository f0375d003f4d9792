import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { type Certificates, makeCertificates } from '../certificates.ts';
import { drip, flood } from './flood.ts';
import type { Hostile } from './hostile.ts';

const HANDSHAKE = 22;
const ALERT = 21;
const OK = 'HTTP/1.1 200 OK\r\n\r\n';

/** A TLS record, as TLS 1.2 and 1.3 frame it. */
function record(type: number, payload: readonly number[]): Buffer {
  return Buffer.from([type, 3, 3, payload.length >> 8, payload.length & 0xff, ...payload]);
}

/** Speaks TLS as it should, with a certificate that may not be as it should. */
function secured(
  { cert, key }: Certificates,
  then: (socket: TLSSocket) => void,
  maxVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3',
): Hostile['serve'] {
  return (socket) => {
    const secureContext = createSecureContext({ cert, key, maxVersion });
    const secure = new TLSSocket(socket as Socket, { isServer: true, secureContext });
    secure.on('error', () => undefined);
    secure.once('data', () => then(secure));
  };
}

/** Asks for another handshake as soon as one has ended. */
function renegotiate(socket: TLSSocket): void {
  socket.renegotiate({}, (error) => {
    if (error === null && !socket.destroyed) renegotiate(socket);
  });
}

/** What the servers need. */
export interface Made {
  readonly good: Certificates;
  readonly huge: Certificates;
  readonly steering: Certificates;
}

export async function makeAll(): Promise<Made> {
  const names = Array.from({ length: 1500 }, (_, index) => `DNS:${'y'.repeat(50)}${index}.test`);
  return {
    good: await makeCertificates('DNS:api.test'),
    huge: await makeCertificates(names.join()),
    steering: await makeCertificates('DNS:\x1b[2J\x07.test, DNS:api.test'),
  };
}

/** Silent once the handshake is over. */
const silent = () => undefined;
const BROKEN_OFF =
  /^(the response is longer than 64 KiB|too many warn alerts|record too small|excessive message size)$/;

export const TLS_SERVERS: Readonly<Record<string, (made: Made) => Hostile>> = {
  'a certificate of 100 KB': ({ huge }) => ({
    serve: secured(huge, silent),
    answer: /^the response is longer than 64 KiB$/,
  }),
  'control characters in the names of its certificate': ({ steering }) => ({
    serve: secured(steering, silent),
    ca: steering.ca,
    answer: /^Hostname\/IP does not match certificate's altnames: .*\.test", DNS:api\.test/,
  }),
  'a certificate of nobody': ({ good, huge }) => ({
    serve: secured(good, silent),
    ca: huge.ca,
    answer: /^unable to verify the first certificate/,
  }),
  'an endless body': ({ good }) => ({
    serve: secured(good, (socket) => flood(socket, OK)),
    answer: /^HTTP 200$/,
    satisfied: true,
  }),
  'an endless head': ({ good }) => ({
    serve: secured(good, (socket) => flood(socket, 'HTTP/1.1 200 OK\r\nx: y')),
    answer: /^the head of the response is longer/,
  }),
  'handshakes without an end': ({ good }) => ({
    serve: secured(good, renegotiate, 'TLSv1.2'),
    answer: BROKEN_OFF,
  }),
  'warnings without an end': () => ({
    serve: (socket) => flood(socket, record(ALERT, [1, 90])),
    answer: BROKEN_OFF,
  }),
  'empty records without an end': () => ({
    serve: (socket) => flood(socket, record(HANDSHAKE, [])),
    answer: BROKEN_OFF,
  }),
  'requests for a hello without an end': () => ({
    serve: (socket) => flood(socket, record(HANDSHAKE, [0, 0, 0, 0])),
    answer: BROKEN_OFF,
  }),
  'a hello of 16 MB': () => ({
    serve: (socket) => {
      socket.write(record(HANDSHAKE, [2, 0xff, 0xff, 0xff]));
      flood(socket, record(HANDSHAKE, Array<number>(1000).fill(0)));
    },
    answer: BROKEN_OFF,
  }),
  'one byte now and then': () => ({
    serve: (socket) => drip(socket, record(HANDSHAKE, [2, 0, 0, 100, ...Array<number>(100).fill(3)])),
    answer: /^timeout$/,
  }),
  'no such name': () => ({
    serve: (socket) => socket.write(record(ALERT, [2, 112])),
    answer: /unrecognized name$/,
  }),
  'plain text': () => ({ serve: (socket) => flood(socket, OK), answer: /^not a TLS response$/ }),
};
