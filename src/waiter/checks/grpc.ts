import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';
import { http2 } from '../builtin.ts';
import type { Shown } from '../destination.ts';
import { formatHostPort, type HostPort } from '../network/address.ts';
import { withConnection } from '../network/response-limit.ts';
import { leavingPlain, securing, type TlsOptions } from '../network/tls-handshake.ts';
import type { TrustIn } from '../network/trust.ts';
import type { Answer, Check, Network } from './check.ts';
import { decodeServingStatus, encodeHealthRequest, statusName } from './grpc-messages.ts';
import { interimResponses } from './interim-responses.ts';

export interface GrpcOptions extends HostPort, Shown {
  readonly kind: 'grpc';
  /** Service asked for; empty means the server as a whole. */
  readonly service: string;
  /** Undefined: plain text. */
  readonly tls: TlsOptions | undefined;
}

/** A longer body ends the attempt: the message itself has two bytes. */
const MAX_BODY = 4096;

/**
 * Satisfied when grpc.health.v1.Health/Check answers SERVING. One unary call is one HTTP/2 request with a framed message
 * and a status in the trailers (gRPC over HTTP/2, PROTOCOL-HTTP2.md): it is made on Node's own HTTP/2, since the gRPC library
 * takes 5 MB of memory and triples the time to the first attempt.
 */
export function grpcCheck(options: GrpcOptions, network: Network, trustIn: TrustIn): Check {
  const { host, tls } = options;
  const securely = tls ? securing('h2', tls, trustIn) : leavingPlain;
  const origin = `${tls ? 'https' : 'http'}://${formatHostPort(options)}`;
  return async (signal) => {
    const secure = securely();
    if ('failure' in secure) return { satisfied: false, answer: secure.failure };
    return await withConnection(options, network, signal, async (connection) => {
      const socket = await secure(connection, host);
      const settings = { enablePush: false };
      const session = http2().connect(origin, { createConnection: () => socket, settings });
      try {
        return await callHealth(session, options.service);
      } finally {
        session.destroy();
      }
    });
  };
}

function callHealth(session: ClientHttp2Session, service: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'dependency-gate',
    });
    let head: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    let body = Buffer.alloc(0);
    stream.on('headers', interimResponses(reject));
    stream.on('response', (headers) => {
      head = headers;
    });
    stream.on('trailers', (headers) => {
      trailers = headers;
    });
    stream.on('data', (chunk: Buffer) => {
      body = Buffer.concat([body, chunk]);
      // Its head may be here and not yet told: the end comes after it.
      if (body.length > MAX_BODY) stream.destroy();
    });
    // Where the other side hangs up without a word, there is neither a response nor an error: only the end.
    stream.on('close', () => resolve(evaluate(head, trailers, body)));
    stream.on('error', reject);
    session.on('error', reject);
    stream.end(encodeHealthRequest(service));
  });
}

/**
 * Whatever came before it, only a status in the trailers makes an answer whole: they are its end, so nothing was cut off. An
 * error may also stand in the response's own headers, where there is nothing else; a message is not believed without trailers.
 */
function evaluate(head: IncomingHttpHeaders, trailers: IncomingHttpHeaders, body: Buffer): Answer {
  const code = head[':status'];
  if (code === undefined) return { satisfied: false, answer: 'connection closed' };
  const otherwise = notGrpc(Number(code), head['content-type']);
  if (otherwise !== undefined) return { satisfied: false, answer: `not gRPC: ${otherwise}` };
  if (body.length > MAX_BODY) return { satisfied: false, answer: 'bad gRPC message: too long' };
  const told = [head['grpc-status'], trailers['grpc-status']].flatMap((status) => status ?? []);
  const failed = told.find((status) => status !== '0');
  if (failed !== undefined) return { satisfied: false, answer: `gRPC ${failure(failed)}` };
  if (trailers['grpc-status'] === undefined)
    return { satisfied: false, answer: 'the answer ends without a gRPC status' };
  const answer = decodeServingStatus(body);
  return { satisfied: answer === 'SERVING', answer };
}

function failure(status: string): string {
  return /^\d+$/.test(status) ? statusName(Number(status)) : `status '${status}'`;
}

/** What makes a response none of gRPC in protobuf, whatever stands in it. */
function notGrpc(code: number, contentType: string | undefined): string | undefined {
  if (code !== 200) return `HTTP ${code}`;
  if (contentType === undefined) return 'no content type';
  return /^application\/grpc(\+proto)?\s*(;|$)/i.test(contentType) ? undefined : contentType;
}
