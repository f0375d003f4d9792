import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { http } from '../builtin.ts';
import type { Shown } from '../destination.ts';
import { withConnection } from '../network/response-limit.ts';
import { leavingPlain, securing, type TlsOptions } from '../network/tls-handshake.ts';
import type { TrustIn } from '../network/trust.ts';
import type { Answer, Check, Network } from './check.ts';
import { interimResponses } from './interim-responses.ts';

export interface HttpOptions extends Shown {
  readonly kind: 'http';
  /** http or https. */
  readonly url: URL;
  readonly method: string;
  /** In order; a name may come several times. A `Host` among them replaces the URL's. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Status codes that satisfy, or that any does. Undefined: 200 to 299. */
  readonly status: readonly number[] | 'any' | undefined;
  readonly tls: TlsOptions;
}

/** Satisfied when the request is answered with one of the status codes. Redirects are answers, not followed. */
export function httpCheck(options: HttpOptions, network: Network, trustIn: TrustIn): Check {
  const { url } = options;
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (isSecure ? 443 : 80);
  const securely = isSecure ? securing('http/1.1', options.tls, trustIn) : leavingPlain;
  return async (signal) => {
    const secure = securely();
    if ('failure' in secure) return { satisfied: false, answer: secure.failure };
    return await withConnection({ host, port }, network, signal, async (connection) => {
      const { statusCode } = await ask(options, await secure(connection, host));
      return evaluate(statusCode ?? 0, options.status);
    });
  };
}

function evaluate(code: number, wanted: HttpOptions['status']): Answer {
  const isWanted = wanted === 'any' || (wanted?.includes(code) ?? (code >= 200 && code <= 299));
  return { satisfied: isWanted, answer: `HTTP ${code}` };
}

function ask({ url, method, headers }: HttpOptions, socket: Duplex): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request } = http();
    const asked = request({
      createConnection: () => socket,
      method,
      path: url.pathname + url.search,
      headers: { host: url.host, 'user-agent': 'dependency-gate', ...credentials(url), ...grouped(headers) },
    });
    asked.once('response', resolve);
    asked.once('upgrade', resolve);
    asked.on('information', interimResponses(reject));
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
