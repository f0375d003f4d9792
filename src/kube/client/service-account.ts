import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CredentialReader } from './credentials.ts';

export interface ServiceAccountSource {
  /** `https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT` */
  readonly server: string;
  /** Where `token` and `ca.crt` are mounted; the ServiceAccount's own directory when not given. */
  readonly directory?: string;
}

const DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The credentials of the Pod that this runs in: two files, which the kubelet replaces as the token is rotated. */
export function serviceAccountCredentials({
  server,
  directory = DIRECTORY,
}: ServiceAccountSource): CredentialReader {
  return {
    usesPlugin: false,
    read: async () => {
      const [token, ca] = await Promise.all([
        readFile(join(directory, 'token'), 'utf8'),
        readFile(join(directory, 'ca.crt')),
      ]);
      return { server, headers: { Authorization: `Bearer ${token.trim()}` }, tls: { ca } };
    },
  };
}
