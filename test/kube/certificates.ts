import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate and its key, as files and as text. */
export interface Pair {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate with the openssl command: of its own authority, or signed by one. */
export function certificate(directory: string, name: string, authority?: Pair): Pair {
  const certFile = join(directory, `${name}.crt`);
  const keyFile = join(directory, `${name}.key`);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  const signed = authority
    ? [
        '-CA',
        authority.certFile,
        '-CAkey',
        authority.keyFile,
        '-addext',
        'subjectAltName=IP:127.0.0.1,DNS:api.test',
      ]
    : [];
  const args = ['req', '-x509', ...key, '-out', certFile, '-days', '2', '-subj', `/CN=${name}`, ...signed];
  execFileSync('openssl', args, { stdio: 'pipe', timeout: 20_000 });
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}
