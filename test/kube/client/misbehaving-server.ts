import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { until } from '../until.ts';

/** How one request is answered. */
export type Step = (response: ServerResponse) => void;

export interface Seen {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/**
 * An API server on loopback that answers request by request as the test has written down, well or badly. A request
 * beyond that gets no answer; the test sees it in `seen`.
 */
export class MisbehavingServer {
  readonly seen: Seen[] = [];
  port = 0;
  /** Connections that were ever opened. */
  connections = 0;
  readonly #steps: Step[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server;

  constructor(tls?: ServerOptions) {
    const listener: RequestListener = (request, response) => void this.#answer(request, response);
    this.#server = tls ? createTlsServer(tls, listener) : createServer(listener);
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
  }

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (typeof address === 'object' && address) this.port = address.port;
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Adds the answers to the next requests. */
  script(...steps: Step[]): void {
    this.#steps.push(...steps);
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  /** The requests so far in short: `list`, `list continue=c`, `watch from=5`, `watch initial`. */
  get story(): string[] {
    return this.seen.map(({ url }) => shortOf(new URL(url, 'http://server').searchParams));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { method = '', url = '', headers } = request;
    this.seen.push({ method, url, headers, body });
    this.#steps.shift()?.(response);
  }
}

function shortOf(query: URLSearchParams): string {
  if (query.has('sendInitialEvents')) return 'watch initial';
  if (query.has('watch')) return `watch from=${query.get('resourceVersion')}`;
  return query.has('continue') ? `list continue=${query.get('continue')}` : 'list';
}

/** A whole JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Step {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function text(body: string, status = 200): Step {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'text/plain' });
    response.end(body);
  };
}

/** Protobuf: a whole answer, or the beginning of a watch, which goes on. */
export function protobuf(
  body: Uint8Array,
  { status = 200, isWatch = false }: { readonly status?: number; readonly isWatch?: boolean } = {},
): Step {
  const type = `application/vnd.kubernetes.protobuf${isWatch ? ';stream=watch' : ''}`;
  return (response) => {
    response.writeHead(status, { 'Content-Type': type });
    response.write(body);
    if (!isWatch) response.end();
  };
}

/** A failure as the API server words it. */
export function failure(status: number, reason: string, headers: Record<string, string> = {}): Step {
  return json(statusOf(status, reason), status, headers);
}

export function statusOf(code: number, reason: string) {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `said: ${reason}`, reason, code };
}

/** Closes the connection in place of an answer. */
export const hangUp: Step = (response) => response.destroy();

/** The answer to a watch, which the test goes on writing. */
export class LiveWatch {
  #response: ServerResponse | undefined;
  readonly #first: string;

  /** Sends these events at once. */
  constructor(...events: readonly unknown[]) {
    this.#first = lines(events);
  }

  readonly step: Step = (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    response.write(this.#first);
    this.#response = response;
  };

  async send(...events: readonly unknown[]): Promise<void> {
    (await this.#opened()).write(lines(events));
  }

  async sendText(raw: string | Uint8Array): Promise<void> {
    (await this.#opened()).write(raw);
  }

  /** Ends it in order, as the server does after `timeoutSeconds`. */
  async end(): Promise<void> {
    (await this.#opened()).end();
  }

  /** Cuts the connection. */
  async cut(): Promise<void> {
    (await this.#opened()).destroy();
  }

  get closed(): boolean {
    return this.#response?.closed ?? false;
  }

  async #opened(): Promise<ServerResponse> {
    await until('the watch is asked for', () => this.#response !== undefined);
    if (!this.#response) throw new Error('not reached');
    return this.#response;
  }
}

function lines(events: readonly unknown[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** An object as the tests have them: a ConfigMap with one word in it. */
export function thing(name: string, resourceVersion: string, word = '') {
  return { metadata: { namespace: 'ns', name, uid: `uid-${name}`, resourceVersion }, data: { word } };
}

export type ThingJson = ReturnType<typeof thing>;

export const added = (object: ThingJson) => ({ type: 'ADDED', object });
export const modified = (object: ThingJson) => ({ type: 'MODIFIED', object });
export const deleted = (object: ThingJson) => ({ type: 'DELETED', object });
export const errorEvent = (code: number, reason: string) => ({
  type: 'ERROR',
  object: statusOf(code, reason),
});

export function bookmark(resourceVersion: string) {
  return { type: 'BOOKMARK', object: { metadata: { resourceVersion } } };
}

/** The bookmark that ends a WatchList's initial events. */
export function initialEnd(resourceVersion: string) {
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  return { type: 'BOOKMARK', object: { metadata: { resourceVersion, annotations } } };
}

export function page(items: readonly ThingJson[], resourceVersion: string, next?: string): Step {
  return json({ metadata: { resourceVersion, ...(next && { continue: next }) }, items });
}
