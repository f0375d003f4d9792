import { isDeepStrictEqual } from 'node:util';
import { errorFromNetwork } from '../api-error.ts';
import type { Clock } from '../clock.ts';
import { type CredentialReader, type Credentials, credentialsError } from './credentials.ts';
import { withDeadline } from './deadline.ts';
import { Agent, ProxyAgent, request } from './parts-of-undici.ts';

export interface Init {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the request, and its body too. */
  readonly signal: AbortSignal;
  /** Its answer goes on for long, as that of a watch does. */
  readonly isWatch?: boolean;
}

/** An answer, whatever its status. Its body is either read to the end or left by aborting the request. */
export interface HttpAnswer {
  readonly status: number;
  /** The headers of these names. */
  readonly contentType: string | undefined;
  readonly retryAfter: string | undefined;
  /** The whole body, as one of these. */
  text(): Promise<string>;
  bytes(): Promise<Uint8Array>;
  /** The body as it comes. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface Connection {
  /**
   * One request, with the credentials of the day. Its answer has begun within 15 s, or it fails.
   *
   * @param path from the root of the API, with its query: `/api/v1/pods?limit=500`
   * @throws ApiError with status 0 when there is no answer; the signal's reason, when that is an ApiError.
   */
  fetch(path: string, init: Init): Promise<HttpAnswer>;
  /** Closes all connections; requests that are under way fail. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly clock: Clock;
  /** `User-Agent` of all requests, as audit logs and flow control see it. */
  readonly userAgent: string;
}

/** Opens nothing yet. */
export function connect(reader: CredentialReader, options: ConnectOptions): Connection {
  return new PooledConnection(reader, options);
}

/** Files are read again at most this often, as in client-go; and at once when the server does not know us. */
const REREAD_AFTER_MS = 60_000;
/**
 * Requests at a time; others wait. More than reconciles and Events have where the API server is slow for namespaces
 * (see Workers): these must leave some for everybody else.
 */
const MOST_REQUESTS = 128;
/** A plugin that takes longer has failed. */
const CREDENTIALS_WITHIN_MS = 30_000;

/** Connections to the one server, and what they were made with. */
interface Pools {
  readonly way: Way;
  readonly requests: Pool;
  readonly watches: Pool;
}

type Pool = Agent | ProxyAgent;
type Way = Pick<Credentials, 'tls' | 'proxy'>;

/**
 * All requests share one pool of connections: a connection of its own for each costs twice the time and CPU. Watches have
 * another, without a limit, since each has a connection for as long as it lasts, and would keep it from requests. The
 * pools are replaced only when certificates change; requests that run on the old ones end there in peace.
 */
class PooledConnection implements Connection {
  readonly #reader: CredentialReader;
  readonly #clock: Clock;
  readonly #userAgent: string;
  #credentials: Credentials | undefined;
  #readAt = 0;
  #reading: Promise<Credentials> | undefined;
  #pools: Pools | undefined;
  /** Those in use, and those whose last requests are not over. */
  readonly #agents = new Set<Pool>();

  constructor(reader: CredentialReader, options: ConnectOptions) {
    this.#reader = reader;
    this.#clock = options.clock;
    this.#userAgent = options.userAgent;
  }

  async fetch(path: string, init: Init): Promise<HttpAnswer> {
    const credentials = await this.#current();
    const answer = await this.#send(path, init, credentials);
    if (answer.status !== 401) return answer;
    const renewed = await this.#renewed(credentials);
    if (renewed === credentials) return answer;
    await answer.text();
    return this.#send(path, init, renewed);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents].map((agent) => agent.destroy()));
  }

  async #current(): Promise<Credentials> {
    const fresh = this.#clock.now() - this.#readAt < REREAD_AFTER_MS;
    return fresh && this.#credentials ? this.#credentials : this.#read(!this.#reader.usesPlugin);
  }

  /** The credentials after `refused` was not accepted; the same object when there are no others. */
  async #renewed(refused: Credentials): Promise<Credentials> {
    return this.#credentials === refused ? this.#read(true) : this.#current();
  }

  /** Requests that come meanwhile wait for the same reading. */
  #read(anew: boolean): Promise<Credentials> {
    this.#reading ??= this.#readNow(anew).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readNow(anew: boolean): Promise<Credentials> {
    const known = this.#credentials;
    try {
      const read = await withDeadline(this.#clock, CREDENTIALS_WITHIN_MS, () => this.#reader.read(anew));
      this.#credentials = isDeepStrictEqual(read, known) && known ? known : read;
    } catch (error) {
      // A file that is just being replaced: what worked so far goes on until the server refuses it.
      if (!known) throw credentialsError(error);
    }
    this.#readAt = this.#clock.now();
    return this.#credentials ?? this.#current();
  }

  async #send(path: string, init: Init, credentials: Credentials): Promise<HttpAnswer> {
    const headers = { Accept: 'application/json', 'User-Agent': this.#userAgent, ...init.headers };
    try {
      const answer = await request(credentials.server + path, {
        method: init.method,
        headers: { ...headers, ...credentials.headers },
        body: init.body ?? null,
        signal: init.signal,
        dispatcher: this.#poolsFor(credentials)[init.isWatch ? 'watches' : 'requests'],
      });
      return {
        status: answer.statusCode,
        contentType: single(answer.headers['content-type']),
        retryAfter: single(answer.headers['retry-after']),
        text: () => answer.body.text(),
        bytes: () => answer.body.bytes(),
        chunks: answer.body,
      };
    } catch (error) {
      throw errorFromNetwork(error);
    }
  }

  #poolsFor({ tls, proxy }: Credentials): Pools {
    const way = { tls, ...(proxy !== undefined && { proxy }) };
    if (this.#pools && isDeepStrictEqual(this.#pools.way, way)) return this.#pools;
    if (this.#pools) for (const agent of [this.#pools.requests, this.#pools.watches]) this.#retire(agent);
    const pools = { way, requests: openPool(way, MOST_REQUESTS), watches: openPool(way, null) };
    this.#pools = pools;
    this.#agents.add(pools.requests).add(pools.watches);
    return pools;
  }

  #retire(agent: Pool): void {
    const forget = () => this.#agents.delete(agent);
    agent.close().then(forget, forget);
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

function openPool({ tls, proxy }: Way, connections: number | null): Pool {
  const connect = { ...tls, keepAlive: true, keepAliveInitialDelay: 30_000 };
  const limits = {
    allowH2: false,
    connections,
    headersTimeout: 15_000,
    // Watches are silent for long; who reads a body sets its limit.
    bodyTimeout: 0,
  };
  return proxy === undefined
    ? new Agent({ ...limits, connect })
    : new ProxyAgent({ ...limits, uri: proxy, requestTls: connect, proxyTunnel: true });
}
