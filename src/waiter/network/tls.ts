import type { Socket } from 'node:net';
import { net, tls } from '../builtin.ts';

export interface TlsOptions {
  /** Name that the certificate must carry, also sent as SNI. Default: the host. */
  readonly serverName?: string;
  /** PEM certificates to trust instead of Node's own. */
  readonly ca?: string;
  /** Accept any certificate. */
  readonly insecureSkipVerify: boolean;
}

/**
 * Makes a connection secure, for one application protocol (ALPN). Rejects when the other side does not speak TLS or its
 * certificate is not accepted. An IP address is verified but never sent as SNI (RFC 6066).
 */
export function secure(
  socket: Socket,
  host: string,
  protocol: 'http/1.1' | 'h2',
  { serverName, ca, insecureSkipVerify }: TlsOptions,
): Promise<Socket> {
  const name = (serverName ?? host).replace(/\.$/, '');
  return new Promise((resolve, reject) => {
    const secured = tls().connect({
      socket,
      host: name,
      ...(net.isIP(name) ? {} : { servername: name }),
      ...(ca === undefined ? {} : { ca }),
      rejectUnauthorized: !insecureSkipVerify,
      ALPNProtocols: [protocol],
    });
    secured.once('secureConnect', () => resolve(secured));
    secured.on('error', reject);
    // Without an error where it is our own side that hangs up.
    secured.once('close', () => reject(new Error('connection closed')));
  });
}
