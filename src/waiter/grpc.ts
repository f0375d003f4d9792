import { isIPv6 } from 'node:net';
import { type ChannelCredentials, Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { formatHostPort, type HostPort } from './address.ts';
import type { Answer, Check, Endpoint, Network } from './check.ts';
import { describeError } from './failure.ts';
import { type TlsOptions, tlsSettings } from './tls.ts';

export interface GrpcOptions extends HostPort {
  readonly kind: 'grpc';
  /** Service asked for; empty means the server as a whole. */
  readonly service: string;
  /** Undefined: plain text. */
  readonly tls: TlsOptions | undefined;
}

/** Satisfied when grpc.health.v1.Health/Check answers SERVING. */
export function grpcCheck(options: GrpcOptions, network: Network): Check {
  return async (signal) => {
    const located = await network.locate(options.host, options.port, signal);
    if ('failure' in located) return { satisfied: false, answer: located.failure };
    return ask(located, options, signal);
  };
}

function ask(endpoints: readonly Endpoint[], options: GrpcOptions, signal: AbortSignal): Promise<Answer> {
  // A client for each attempt: the addresses may have changed, and a kept one would wait out its back-off.
  const client = new Client(target(endpoints), credentialsOf(options), channelOptions(options));
  return new Promise<Answer>((resolve) => {
    const call = client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      encodeRequest,
      decodeStatus,
      options.service,
      (error, answer = 'UNKNOWN') =>
        resolve(
          error === null
            ? { satisfied: answer === 'SERVING', answer }
            : { satisfied: false, answer: describe(error) },
        ),
    );
    if (signal.aborted) call.cancel();
    signal.addEventListener('abort', () => call.cancel(), { once: true });
  }).finally(() => client.close());
}

/** grpc-js tries the addresses of a target in turn; a target has one family: that of the best endpoint. */
function target(endpoints: readonly Endpoint[]): string {
  const six = isIPv6(endpoints[0]?.host ?? '');
  const usable = endpoints.filter(({ host }) => isIPv6(host) === six);
  return `${six ? 'ipv6' : 'ipv4'}:${usable.map(formatHostPort).join()}`;
}

function channelOptions({ host, port, tls }: GrpcOptions) {
  return {
    'grpc.default_authority': formatHostPort({ host, port }),
    ...(tls === undefined ? {} : { 'grpc.ssl_target_name_override': tlsSettings(host, tls).host }),
    'grpc.enable_http_proxy': 0,
    'grpc.enable_retries': 0,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.service_config_disable_resolution': 1,
  };
}

function credentialsOf({ tls }: GrpcOptions): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const ca = tls.ca === undefined ? null : Buffer.from(tls.ca);
  return credentials.createSsl(ca, null, null, { rejectUnauthorized: !tls.insecureSkipVerify });
}

/** The answer of a server that has no health service, or does not know the service, is its status code's name. */
function describe(error: ServiceError): string {
  if (error.code !== status.UNAVAILABLE) return `gRPC ${status[error.code]}`;
  const [, cause] = /Last error: (?:Error: )?(.*?)\.? Resolution note:/s.exec(error.details) ?? [];
  return describeError(new Error(cause ?? error.details));
}

/** HealthCheckRequest `{string service = 1}` in protobuf: by hand, since two one-field messages are no reason for a library. */
function encodeRequest(service: string): Buffer {
  const text = Buffer.from(service);
  if (text.length === 0) return text;
  const length = text.length < 128 ? [text.length] : [(text.length & 127) | 128, text.length >> 7];
  return Buffer.concat([Buffer.from([0x0a, ...length]), text]);
}

/** HealthCheckResponse `{ServingStatus status = 1}`; an absent field is the enum's zero. */
function decodeStatus(message: Buffer): string {
  const value = message[0] === 0x08 ? (message[1] ?? 0) : 0;
  return ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'][value] ?? `status ${value}`;
}
