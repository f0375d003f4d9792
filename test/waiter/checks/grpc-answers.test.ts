import { constants } from 'node:http2';
import { expect } from 'chai';
import { grpcCheck } from '../../../src/waiter/checks/grpc.ts';
import { sharedTrust } from '../../../src/waiter/network/trust.ts';
import { filesIn } from '../in-memory-files.ts';
import { networkAt, patience } from '../network/loopback.ts';
import { framed, type Script, SERVING, scriptedGrpcServer } from './scripted-grpc-server.ts';

const ONE = [0x08, 0x01];
/** An unknown field of each wire type: a varint, 64 bits, a string, 32 bits. */
const UNKNOWN_FIELDS = [
  0x10, 0x96, 0x01, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x22, 0x02, 0x08, 0x02, 0x2d, 1, 2, 3, 4,
];

const WITHOUT_STATUS = 'the answer ends without a gRPC status';

async function answer(script: Script) {
  const { port, stop } = await scriptedGrpcServer(script);
  try {
    const target = { kind: 'grpc', host: 'api.test', port: 50051, service: '', tls: undefined } as const;
    return await grpcCheck(
      target,
      networkAt({ host: '127.0.0.1', port }),
      sharedTrust(filesIn({})),
    )(patience());
  } finally {
    await stop();
  }
}

describe('an answer to a grpc check', () => {
  const satisfying: Readonly<Record<string, Script>> = {
    'the message and status 0': {},
    'the content type with its encoding': { head: { 'content-type': 'application/grpc+proto' } },
    'the content type with a parameter': { head: { 'content-type': 'application/grpc; charset=utf-8' } },
    'fields that are not known, before and behind the status': {
      body: framed([...UNKNOWN_FIELDS, ...ONE, ...UNKNOWN_FIELDS]),
    },
    'a number that is longer than it need be': { body: framed([0x08, 0x81, 0x00]) },
    'the status twice, of which the last counts': { body: framed([0x08, 0x02, ...ONE]) },
  };
  for (const [what, script] of Object.entries(satisfying)) {
    it(`satisfies with ${what}`, async () => {
      expect(await answer(script)).to.deep.equal({ satisfied: true, answer: 'SERVING' });
    });
  }

  const refused: Readonly<Record<string, readonly [Script, string | RegExp]>> = {
    'inside of an HTTP 500': [{ head: { ':status': '500' } }, 'not gRPC: HTTP 500'],
    'inside of an HTTP 404 that has a status 0': [
      { head: { ':status': '404', 'grpc-status': '0' } },
      'not gRPC: HTTP 404',
    ],
    'inside of an HTTP 204': [{ head: { ':status': '204' }, body: Buffer.alloc(0) }, 'not gRPC: HTTP 204'],
    'of another content type': [{ head: { 'content-type': 'text/html' } }, 'not gRPC: text/html'],
    'of gRPC-Web': [
      { head: { 'content-type': 'application/grpc-web+proto' } },
      'not gRPC: application/grpc-web+proto',
    ],
    'of gRPC in JSON': [
      { head: { 'content-type': 'application/grpc+json' } },
      'not gRPC: application/grpc+json',
    ],
    'of no content type': [{ head: { 'content-type': undefined } }, 'not gRPC: no content type'],
    'without a status': [{ end: 'body' }, WITHOUT_STATUS],
    'with its status only in the head': [{ head: { 'grpc-status': '0' }, end: 'body' }, WITHOUT_STATUS],
    'with status 14': [{ trailers: { 'grpc-status': '14' } }, 'gRPC UNAVAILABLE'],
    'with status 14 in the head and 0 in the trailers': [
      { head: { 'grpc-status': '14' } },
      'gRPC UNAVAILABLE',
    ],
    'with a status that is no number': [{ trailers: { 'grpc-status': 'ok' } }, "gRPC status 'ok'"],
    'with an empty status': [{ trailers: { 'grpc-status': '' } }, "gRPC status ''"],
    'with trailers that have no status': [{ trailers: { 'grpc-status': undefined } }, WITHOUT_STATUS],
    'with two statuses': [{ trailers: { 'grpc-status': '0, 0' } }, "gRPC status '0, 0'"],
    'that is reset before its trailers': [
      { end: { reset: constants.NGHTTP2_INTERNAL_ERROR } },
      /INTERNAL_ERROR/,
    ],
    'that is cancelled before its trailers': [{ end: { reset: constants.NGHTTP2_CANCEL } }, WITHOUT_STATUS],
    'that is cancelled, with a status in the head': [
      { head: { 'grpc-status': '0' }, end: { reset: constants.NGHTTP2_CANCEL } },
      WITHOUT_STATUS,
    ],
    'that is reset without an error, with a status in the head': [
      { head: { 'grpc-status': '0' }, end: { reset: constants.NGHTTP2_NO_ERROR } },
      WITHOUT_STATUS,
    ],
    'whose connection ends before its trailers': [
      { head: { 'grpc-status': '0' }, end: 'hang-up' },
      WITHOUT_STATUS,
    ],
    'that is compressed': [{ body: framed(ONE, { flag: 1 }) }, 'bad gRPC message: compressed'],
    'with a flag that does not exist': [{ body: framed(ONE, { flag: 2 }) }, 'bad gRPC message: compressed'],
    'of no message': [{ body: Buffer.alloc(0) }, 'UNKNOWN'],
    'of half a head': [{ body: SERVING.subarray(0, 3) }, 'bad gRPC message: truncated'],
    'of length 0': [{ body: framed(ONE, { length: 0 }) }, 'bad gRPC message: too long'],
    'of length 0 and nothing more': [{ body: framed([]) }, 'UNKNOWN'],
    'that is truncated': [{ body: SERVING.subarray(0, 6) }, 'bad gRPC message: truncated'],
    'that is shorter than it says': [{ body: framed(ONE, { length: 3 }) }, 'bad gRPC message: truncated'],
    'that is followed by another': [
      { body: Buffer.concat([SERVING, SERVING]) },
      'bad gRPC message: too long',
    ],
    'that is longer than any': [
      { body: framed([...ONE, 0x12, 0x80, 0x40, ...Array<number>(8192).fill(0)]) },
      'bad gRPC message: too long',
    ],
    'whose number is cut off': [{ body: framed([0x08]) }, 'bad gRPC message: malformed'],
    'whose number never ends': [
      { body: framed([0x08, ...Array<number>(12).fill(0x81)]) },
      'bad gRPC message: malformed',
    ],
    'whose last field is cut off': [{ body: framed([...ONE, 0x12, 0x05, 1]) }, 'bad gRPC message: malformed'],
    'with a field of no type': [{ body: framed([...ONE, 0x17]) }, 'bad gRPC message: malformed'],
    'whose status is a string': [{ body: framed([0x0a, 0x01, 0x01]) }, 'UNKNOWN'],
    'whose status is in another field': [{ body: framed([0x10, 0x01]) }, 'UNKNOWN'],
    'whose status is inside of another field': [{ body: framed([0x12, 0x02, ...ONE]) }, 'UNKNOWN'],
    'with a status that is larger': [{ body: framed([0x08, 0x81, 0x01]) }, 'status 129'],
    'with NOT_SERVING last': [{ body: framed([...ONE, 0x08, 0x02]) }, 'NOT_SERVING'],
  };
  for (const [what, [script, told]] of Object.entries(refused)) {
    it(`does not satisfy where it is SERVING ${what}`, async () => {
      const found = await answer(script);
      expect(found.satisfied).to.equal(false);
      if (typeof told === 'string') expect(found.answer).to.equal(told);
      else expect(found.answer).to.match(told);
    });
  }
});
