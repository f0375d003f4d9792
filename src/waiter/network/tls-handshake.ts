import type { Duplex } from 'node:stream';
import { tls } from '../builtin.ts';
import type { Failure } from '../checks/check.ts';
import { isIP } from './ip.ts';
import type { TlsFiles, TrustIn } from './trust.ts';

export interface TlsOptions extends TlsFiles {
  /** Name that the certificate must carry, also sent as SNI. Default: the host. */
  readonly serverName?: string;
  /** Accept any certificate. */
  readonly insecureSkipVerify: boolean;
}

/** Makes a connection to a host secure. */
export type Secure = (socket: Duplex, host: string) => Promise<Duplex>;

/**
 * How connections are made secure now, for one application protocol (ALPN), or why they cannot be. A connection rejects when
 * the other side does not speak TLS or its certificate is not accepted. An IP address is verified but never sent as SNI (RFC
 * 6066).
 */
export function securing(
  protocol: 'http/1.1' | 'h2',
  { serverName, insecureSkipVerify, ...files }: TlsOptions,
  trustIn: TrustIn,
): () => Secure | Failure {
  const trust = trustIn(files);
  return () => {
    const secureContext = trust();
    if ('failure' in secureContext) return secureContext;
    return (socket, host) => {
      const name = (serverName ?? host).replace(/\.$/, '');
      return new Promise((resolve, reject) => {
        const secured = tls().connect({
          socket,
          host: name,
          ...(isIP(name) ? {} : { servername: name }),
          secureContext,
          rejectUnauthorized: !insecureSkipVerify,
          ALPNProtocols: [protocol],
        });
        secured.once('secureConnect', () => resolve(secured));
        secured.on('error', reject);
        // Without an error where it is our own side that hangs up.
        secured.once('close', () => reject(new Error('connection closed')));
      });
    };
  };
}

/** In place of it where the connection is plain. */
export const leavingPlain = (): Secure => (socket) => Promise.resolve(socket);
