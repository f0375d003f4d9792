import { z } from 'zod';
import { dataKey, host, objectName } from './fields.ts';
import type { FileSource } from './names.ts';
import { TEXT_RULES } from './text-rules.ts';

/** How checks that connect by TLS trust, and are trusted. What they read reaches their containers as files. */

const bundle = (object: string) =>
  z
    .strictObject({
      name: objectName().describe(`${object} in the gate's namespace.`),
      key: dataKey().describe('Key that holds the certificates, as PEM.'),
    })
    .optional()
    .describe(`Key of a ${object}; it reaches the container as a file, and may be created or changed later.`);

export const tlsSchema = z
  .strictObject({
    serverName: host(TEXT_RULES.serverName)
      .optional()
      .describe("Name that the server's certificate must carry, also sent as SNI. Default: the host."),
    caFrom: z
      .strictObject({ configMapKeyRef: bundle('ConfigMap'), secretKeyRef: bundle('Secret') })
      .optional()
      .describe(
        "Certificate authorities to trust instead of the image's own: exactly one of configMapKeyRef and secretKeyRef.",
      ),
    clientCertificateFrom: z
      .strictObject({
        secretRef: z
          .strictObject({
            name: objectName().describe(
              "Secret in the gate's namespace, with a certificate in tls.crt and its key, not encrypted, in tls.key, both as PEM: of the type kubernetes.io/tls, or of any other.",
            ),
          })
          .describe('The Secret; it reaches the container as files, and may be created or changed later.'),
      })
      .optional()
      .describe('Client certificate to show a server that asks for one (mutual TLS). Default: none.'),
    insecureSkipVerify: z
      .boolean()
      .optional()
      .describe(
        "Accept any certificate: for servers whose certificate is not this check's business. Default: false.",
      ),
  })
  .describe('TLS settings of an https URL.');

export type Tls = z.infer<typeof tlsSchema>;

/** The keys of a Secret of the type kubernetes.io/tls. */
export const TLS_KEYS = { certificate: 'tls.crt', key: 'tls.key' } as const;

/** The files that a check's TLS settings name. */
export interface TlsSources {
  readonly ca?: FileSource;
  readonly client?: { readonly certificate: FileSource; readonly key: FileSource };
}

export function tlsSources(tls: Tls | undefined): TlsSources {
  const { configMapKeyRef, secretKeyRef } = tls?.caFrom ?? {};
  const secret = tls?.clientCertificateFrom?.secretRef;
  return {
    ...(configMapKeyRef && { ca: { kind: 'ConfigMap', ...configMapKeyRef } }),
    ...(secretKeyRef && { ca: { kind: 'Secret', ...secretKeyRef } }),
    ...(secret && {
      client: {
        certificate: { kind: 'Secret', name: secret.name, key: TLS_KEYS.certificate },
        key: { kind: 'Secret', name: secret.name, key: TLS_KEYS.key },
      },
    }),
  };
}
