import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../kube/clock.ts';
import type { Pair } from './serving-certificate.ts';

/** What an answer may depend on. */
export interface Asked {
  /** Without its query. */
  readonly path: string;
  /** The header of that name. */
  readonly authorization: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** Default: plain text. */
  readonly contentType?: string;
  /** Others. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EndpointOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly answer: (asked: Asked) => Reply | Promise<Reply>;
  /** Reads the certificate that it is to serve TLS with; throws where there is none. Default: no TLS. */
  readonly certificate?: (() => Pair) | undefined;
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
/** Whoever renews a certificate does it days before the old one ends. */
export const READ_CERTIFICATE_EVERY_MS = 60_000;

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
  #cancelReading: (() => void) | undefined;
  #isStopped = false;

  constructor(options: EndpointOptions) {
    this.#options = options;
    const limits = {
      headersTimeout: REQUEST_LIMIT_MS,
      requestTimeout: REQUEST_LIMIT_MS,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: MAX_HEAD,
    };
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      this.#answer(request, response).catch((error: unknown) => {
        this.#tell(error);
        response.destroy();
      });
    this.#server = options.certificate
      ? createTlsServer({ ...limits, handshakeTimeout: REQUEST_LIMIT_MS }, answer)
      : createServer(limits, answer);
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
      this.#listen();
    });
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRetry?.();
    this.#cancelReading?.();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #failed(error: unknown): void {
    this.#tell(error);
    if (this.#server.listening || this.#isStopped) return;
    this.#cancelRetry?.();
    this.#cancelRetry = this.#options.clock.after(LISTEN_AGAIN_AFTER_MS, () => this.#listen());
  }

  #tell(error: unknown): void {
    this.#options.onError(error instanceof Error ? error : new Error(String(error)));
  }

  /** Where its certificate cannot be read it listens as little as where its port is taken. */
  #listen(): void {
    try {
      this.#readCertificate();
      this.#server.listen(this.#options.port);
    } catch (error) {
      this.#server.emit('error', error);
    }
  }

  /** Now and every minute: certificates are renewed while it runs. The one that it has is served until there is another. */
  #readCertificate(): void {
    const { certificate, clock } = this.#options;
    if (!certificate || !(this.#server instanceof TlsServer)) return;
    this.#server.setSecureContext(certificate());
    this.#cancelReading?.();
    this.#cancelReading = clock.after(READ_CERTIFICATE_EVERY_MS, () => this.#readAgain());
  }

  #readAgain(): void {
    try {
      this.#readCertificate();
    } catch (error) {
      this.#tell(error);
      this.#cancelReading = this.#options.clock.after(READ_CERTIFICATE_EVERY_MS, () => this.#readAgain());
    }
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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method } = request;
    const { status, body, contentType = 'text/plain', headers } = await this.#reply(request);
    response.writeHead(status, {
      ...headers,
      'Content-Type': contentType,
      'Content-Length': Buffer.byteLength(body),
      ...(status === 405 && { Allow: 'GET, HEAD' }),
      Connection: 'close',
    });
    response.end(method === 'HEAD' ? undefined : body);
  }

  #reply({ method, url = '', headers: { authorization } }: IncomingMessage): Reply | Promise<Reply> {
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'GET and HEAD only\n' };
    if (url.length > MAX_URL) return { status: 414, body: 'the path is too long\n' };
    return this.#options.answer({ path: url.replace(/\?.*/s, ''), authorization });
  }
}
