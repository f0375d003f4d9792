import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';
import { http2 } from '../builtin.ts';
import { formatHostPort, type HostPort } from '../network/address.ts';
import { withConnection } from '../network/connection.ts';
import { secure, type TlsOptions } from '../network/tls.ts';
import type { Answer, Check, Network } from './check.ts';
import { decodeServingStatus, encodeHealthRequest, statusName } from './grpc-messages.ts';

export interface GrpcOptions extends HostPort {
  readonly kind: 'grpc';
  /** Service asked for; empty means the server as a whole. */
  readonly service: string;
  /** Undefined: plain text. */
  readonly tls: TlsOptions | undefined;
}

/** Of an answer's body no more is read: the message itself has two bytes. */
const MAX_BODY = 4096;

/**
 * Satisfied when grpc.health.v1.Health/Check answers SERVING. One unary call is one HTTP/2 request with a framed message
 * and a status in the trailers (gRPC over HTTP/2, PROTOCOL-HTTP2.md): it is made on Node's own HTTP/2, since the gRPC library
 * takes 5 MB of memory and triples the time to the first attempt.
 */
export function grpcCheck(options: GrpcOptions, network: Network): Check {
  const { host, tls } = options;
  return (signal) =>
    withConnection(options, network, signal, async (connection) => {
      const socket = tls === undefined ? connection : await secure(connection, host, 'h2', tls);
      const scheme = tls === undefined ? 'http' : 'https';
      const session = http2().connect(`${scheme}://${formatHostPort(options)}`, {
        createConnection: () => socket,
      });
      try {
        return await callHealth(session, options.service);
      } finally {
        session.destroy();
      }
    });
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
    stream.on('response', (headers) => {
      head = headers;
    });
    stream.on('trailers', (headers) => {
      trailers = headers;
    });
    stream.on('data', (chunk: Buffer) => {
      if (body.length < MAX_BODY) body = Buffer.concat([body, chunk]);
    });
    // Where the other side hangs up without a word, there is neither a response nor an error: only the end.
    stream.on('close', () => resolve(judge(head, trailers, body)));
    stream.on('error', reject);
    session.on('error', reject);
    stream.end(encodeHealthRequest(service));
  });
}

/** An answer without a body has its status in the response's own headers. */
function judge(head: IncomingHttpHeaders, trailers: IncomingHttpHeaders, body: Buffer): Answer {
  const code = head[':status'];
  if (code === undefined) return { satisfied: false, answer: 'connection closed' };
  const status = trailers['grpc-status'] ?? head['grpc-status'];
  if (status === undefined) return { satisfied: false, answer: `not gRPC: HTTP ${code}` };
  if (status !== '0') return { satisfied: false, answer: `gRPC ${statusName(Number(status))}` };
  const answer = decodeServingStatus(body);
  return { satisfied: answer === 'SERVING', answer };
}
