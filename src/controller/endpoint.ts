import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../kube/clock.ts';

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** Default: plain text. */
  readonly contentType?: string;
}

export interface EndpointOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** Answers a path, without its query. */
  readonly answer: (path: string) => Reply | Promise<Reply>;
  readonly clock: Pick<Clock, 'after'>;
  /** Is told why it cannot listen, accept or answer. Must not throw. */
  readonly onError: (error: Error) => void;
}

/** Connections at a time: one more takes the place of the oldest, so that those who hold theirs open keep no probe out. */
export const MAX_CONNECTIONS = 64;
/** For the head of a request, for all of it, and for whoever reads the answer, ms. */
const REQUEST_LIMIT_MS = 5000;
const MAX_HEAD = 8192;
const MAX_URL = 256;
export const LISTEN_AGAIN_AFTER_MS = 5000;

/**
 * A small HTTP server for probes and scrapes, bounded in everything that a client can hold: each connection has one short
 * request without a body. That it cannot listen is no reason for the operator to end: gates go on, it is told each time,
 * and tried again; where probes matter, they fail, and whoever made them acts.
 */
export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cancelRetry: (() => void) | undefined;
  #isStopped = false;

  constructor(options: EndpointOptions) {
    this.#options = options;
    const limits = {
      headersTimeout: REQUEST_LIMIT_MS,
      requestTimeout: REQUEST_LIMIT_MS,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: MAX_HEAD,
    };
    this.#server = createServer(limits, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        options.onError(error instanceof Error ? error : new Error(String(error)));
        response.destroy();
      });
    });
    this.#server.setTimeout(REQUEST_LIMIT_MS, (socket) => socket.destroy());
    this.#server.on('connection', (socket: Socket) => this.#admit(socket));
  }

  /** Where it listens; undefined while it does not. */
  get port(): number | undefined {
    const address = this.#server.address() as AddressInfo | null;
    return address?.port;
  }

  /** Resolves once it listens, or cannot for now. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.on('listening', resolve);
      this.#server.on('error', (error) => {
        this.#failed(error);
        resolve();
      });
      this.#server.listen(this.#options.port);
    });
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRetry?.();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #failed(error: Error): void {
    this.#options.onError(error);
    if (this.#server.listening || this.#isStopped) return;
    this.#cancelRetry?.();
    const again = () => this.#server.listen(this.#options.port);
    this.#cancelRetry = this.#options.clock.after(LISTEN_AGAIN_AFTER_MS, again);
  }

  #admit(socket: Socket): void {
    const [oldest] = this.#sockets;
    if (oldest && this.#sockets.size >= MAX_CONNECTIONS) {
      this.#sockets.delete(oldest);
      oldest.destroy();
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  async #answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, contentType = 'text/plain' } = await this.#reply(method, url);
    response.writeHead(status, {
      'Content-Type': contentType,
      'Content-Length': Buffer.byteLength(body),
      ...(status === 405 && { Allow: 'GET, HEAD' }),
      Connection: 'close',
    });
    response.end(method === 'HEAD' ? undefined : body);
  }

  #reply(method: string | undefined, url: string): Reply | Promise<Reply> {
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'GET and HEAD only\n' };
    if (url.length > MAX_URL) return { status: 414, body: 'the path is too long\n' };
    return this.#options.answer(url.replace(/\?.*/s, ''));
  }
}
