import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer, Check, Network } from './check.ts';
import { dial } from './dial.ts';
import { describeError } from './failure.ts';
import { type TlsOptions, tlsSettings } from './tls.ts';

export interface HttpOptions {
  readonly kind: 'http';
  /** http or https. */
  readonly url: URL;
  readonly method: string;
  /** In order; a name may come several times. A `Host` among them replaces the URL's. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Status codes that satisfy. Undefined: 200 to 299. */
  readonly status: readonly number[] | undefined;
  readonly tls: TlsOptions;
}

/** Satisfied when the request is answered with one of the status codes. Redirects are answers, not followed. */
export function httpCheck(options: HttpOptions, network: Network): Check {
  const { url } = options;
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (secure ? 443 : 80);
  return async (signal) => {
    const located = await network.locate(host, port, signal);
    if ('failure' in located) return { satisfied: false, answer: located.failure };
    const dialed = await dial(located, signal);
    if ('failure' in dialed) return { satisfied: false, answer: dialed.failure };
    const hangUp = () => dialed.destroy();
    signal.addEventListener('abort', hangUp);
    try {
      const socket = secure ? await handshake(dialed, host, options.tls) : dialed;
      return judge((await ask(options, socket)).statusCode ?? 0, options.status);
    } catch (error) {
      return { satisfied: false, answer: describeError(error) };
    } finally {
      signal.removeEventListener('abort', hangUp);
      hangUp();
    }
  };
}

function judge(code: number, wanted: readonly number[] | undefined): Answer {
  return { satisfied: wanted?.includes(code) ?? (code >= 200 && code <= 299), answer: `HTTP ${code}` };
}

function handshake(socket: Socket, host: string, options: TlsOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { connect } = process.getBuiltinModule('node:tls');
    const secured = connect({ ...tlsSettings(host, options), socket, ALPNProtocols: ['http/1.1'] });
    secured.once('secureConnect', () => resolve(secured));
    secured.on('error', reject);
  });
}

function ask({ url, method, headers }: HttpOptions, socket: Socket): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Not by `import`: its facade of node:http touches every export, and one of them loads a whole WebSocket client (12 MB).
    const { request } = process.getBuiltinModule('node:http');
    const asked = request({
      createConnection: () => socket,
      method,
      path: url.pathname + url.search,
      headers: { host: url.host, 'user-agent': 'dependency-gate', ...credentials(url), ...grouped(headers) },
    });
    asked.once('response', resolve);
    asked.once('upgrade', resolve);
    asked.on('error', reject);
    asked.end();
  });
}

function credentials({ username, password }: URL): { readonly authorization?: string } {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Headers by lower-case name, so that they replace our own, repeated ones as lists. */
function grouped(headers: HttpOptions['headers']): Readonly<Record<string, string | string[]>> {
  const groups = Object.groupBy(headers, ([name]) => name.toLowerCase());
  return Object.fromEntries(
    Object.entries(groups).map(([name, pairs = []]) => {
      const values = pairs.map(([, value]) => value);
      return [name, values.length === 1 ? values.join() : values];
    }),
  );
}
