import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { net, tls } from '../builtin.ts';

export interface TlsOptions {
  /** Name that the certificate must carry, also sent as SNI. Default: the host. */
  readonly serverName?: string;
  /** PEM certificates to trust instead of Node's own. */
  readonly ca?: string;
  /** Accept any certificate. */
  readonly insecureSkipVerify: boolean;
}

/** Makes a connection to a host secure. */
export type Secure = (socket: Socket, host: string) => Promise<Socket>;

/**
 * Makes connections secure, for one application protocol (ALPN). Rejects when the other side does not speak TLS or its
 * certificate is not accepted. An IP address is verified but never sent as SNI (RFC 6066).
 *
 * The certificates are read once, at the first connection: OpenSSL would else parse the whole bundle at each attempt, into
 * memory that comes back late or never.
 */
export function securing(protocol: 'http/1.1' | 'h2', options: TlsOptions): Secure {
  const { serverName, ca, insecureSkipVerify } = options;
  let context: SecureContext | undefined;
  return (socket, host) => {
    const name = (serverName ?? host).replace(/\.$/, '');
    context ??= tls().createSecureContext(ca === undefined ? {} : { ca });
    const secureContext = context;
    return new Promise((resolve, reject) => {
      const secured = tls().connect({
        socket,
        host: name,
        ...(net.isIP(name) ? {} : { servername: name }),
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
}
