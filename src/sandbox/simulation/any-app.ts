import { createServer as createHttp } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import { createServer, type Socket } from 'node:net';

/** How an HTTP/2 client begins (RFC 9113, section 3.4). */
const HTTP2_PREFACE = 'PRI ';
/** The message `HealthCheckResponse {status: SERVING}` of grpc.health.v1, with gRPC's five bytes in front. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01]);

/**
 * The one app behind all Services of the sandbox: accepts every connection on a loopback port, answers HTTP with 200 and
 * a gRPC health check with SERVING. It does not speak TLS. It starts with its first use.
 */
export class AnyApp {
  readonly #http = createHttp((_request, response) => response.end('ok\n'));
  readonly #http2 = createHttp2().on('stream', answerHealthCheck);
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#accept(socket));
  #port: Promise<number> | undefined;

  /** The port on 127.0.0.1. */
  port(): Promise<number> {
    this.#port ??= new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    return this.#port;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** A client that only connects sends nothing, so which protocol it speaks is left open until it does. */
  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const start: unknown = socket.read();
      if (!Buffer.isBuffer(start)) return;
      socket.unshift(start);
      const isHttp2 = start.toString('latin1').startsWith(HTTP2_PREFACE);
      (isHttp2 ? this.#http2 : this.#http).emit('connection', socket);
    });
  }
}

function answerHealthCheck(stream: ServerHttp2Stream): void {
  stream.on('error', () => stream.destroy());
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(SERVING);
}
