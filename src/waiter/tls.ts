import { isIP } from 'node:net';

export interface TlsOptions {
  /** Name that the certificate must carry, also sent as SNI. Default: the host. */
  readonly serverName?: string;
  /** PEM certificates to trust instead of Node's own. */
  readonly ca?: string;
  /** Accept any certificate. */
  readonly insecureSkipVerify: boolean;
}

/** Settings of one TLS connection, in the words of `tls.connect`. An IP address is verified but never sent as SNI (RFC 6066). */
export function tlsSettings(host: string, { serverName, ca, insecureSkipVerify }: TlsOptions) {
  const name = (serverName ?? host).replace(/\.$/, '');
  return {
    ...(isIP(name) ? { host: name } : { host: name, servername: name }),
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: !insecureSkipVerify,
  };
}
