import { z } from 'zod';
import { DEFAULT_DNS_TYPE, DEFAULT_HTTP_METHOD, DEFAULT_HTTP_STATUS } from './defaults.ts';
import { atomic, dataKey, host, objectName, port } from './fields.ts';
import { keySourceSchema } from './key-source.ts';
import { ruledText } from './text-rule.ts';
import { ANY_STATUS, TEXT_RULES } from './text-rules.ts';
import { tlsSchema } from './tls.ts';

/** The checks that the waiter makes. */

const SEARCHED =
  "A name with fewer dots than the Pod's ndots is completed by its search domains, so the name of a Service in the same namespace is enough.";

const httpHeader = z
  .strictObject({
    name: ruledText(256, TEXT_RULES.headerName).describe('Header name.'),
    value: ruledText(1024, TEXT_RULES.headerValue)
      .optional()
      .describe('Header value, visible to whoever may read the Pod.'),
    valueFrom: z
      .strictObject({
        secretKeyRef: z
          .strictObject({
            name: objectName().describe("Secret in the gate's namespace."),
            key: dataKey().describe('Key whose value is sent.'),
          })
          .describe(
            'Key of a Secret; it reaches the container as an environment variable, never its arguments.',
          ),
      })
      .optional()
      .describe('Source of a secret value, instead of value.'),
  })
  .describe('A request header: a name, and exactly one of value and valueFrom.');

export const dnsCheckSchema = z
  .strictObject({
    host: host(TEXT_RULES.dnsHost).describe(`Host name. ${SEARCHED}`),
    type: z
      .enum(['A', 'AAAA', 'any'])
      .optional()
      .describe(`Which addresses count: A (IPv4), AAAA (IPv6) or any of both. Default: ${DEFAULT_DNS_TYPE}.`),
  })
  .describe(
    "Satisfied when the host's name resolves to at least one address. A Service's name resolves as soon as the Service exists, ready or not: prefer tcp, http or grpc where readiness matters.",
  );

/** A host and a port, each as it stands here or from where it is kept. */
const address = {
  host: host().optional().describe(`Host name or IP address, or else hostFrom. ${SEARCHED}`),
  hostFrom: keySourceSchema('host').optional(),
  port: port().optional().describe('Port number, or else portFrom.'),
  portFrom: keySourceSchema('port').optional(),
};

export const tcpCheckSchema = z
  .strictObject(address)
  .describe('Satisfied when a TCP connection is accepted.');

/** The API server takes `in` for cheap, and `==` of two types for as dear as that of two texts of any length. */
const statusCode = z
  .union([z.int().min(100).max(599), z.string()])
  .refine((code) => typeof code === 'number' || ANY_STATUS.pattern.test(code), ANY_STATUS.message)
  .meta({
    'x-kubernetes-validations': [
      { rule: "self == 'any' || type(self) in [int]", message: ANY_STATUS.message },
    ],
  });

export const httpCheckSchema = z
  .strictObject({
    url: ruledText(2048, TEXT_RULES.url)
      .optional()
      .describe(
        'http or https URL, without user name or password, or else urlFrom. Redirects are not followed.',
      ),
    urlFrom: keySourceSchema('URL').optional(),
    method: z
      .enum(['GET', 'HEAD', 'POST', 'OPTIONS'])
      .optional()
      .describe(`Request method. Default: ${DEFAULT_HTTP_METHOD}.`),
    headers: z.array(httpHeader).min(1).max(16).optional().describe('Request headers.').meta(atomic),
    status: z
      .array(statusCode)
      .min(1)
      .max(32)
      .optional()
      .describe(
        `Status codes that satisfy the check, or any: that there is an answer is enough. Default: ${DEFAULT_HTTP_STATUS.from} to ${DEFAULT_HTTP_STATUS.to}.`,
      )
      .meta(atomic),
    tls: tlsSchema.optional(),
  })
  .describe('Satisfied when an HTTP request is answered with one of the status codes.');

export const grpcCheckSchema = z
  .strictObject({
    ...address,
    service: ruledText(253, TEXT_RULES.grpcService)
      .optional()
      .describe('Service name asked for. Default: empty, the server as a whole.'),
    tls: tlsSchema
      .optional()
      .describe('Use TLS, with these settings ({} for the defaults). Default: plain text.'),
  })
  .describe('Satisfied when grpc.health.v1.Health/Check answers SERVING.');

export type DnsCheck = z.infer<typeof dnsCheckSchema>;
export type TcpCheck = z.infer<typeof tcpCheckSchema>;
export type HttpCheck = z.infer<typeof httpCheckSchema>;
export type HttpHeader = z.infer<typeof httpHeader>;
export type GrpcCheck = z.infer<typeof grpcCheckSchema>;
