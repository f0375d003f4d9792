import { formatHostPort } from '../network/address.ts';
import type { Search } from '../network/search.ts';
import type { TrustIn } from '../network/trust.ts';
import type { Check, Network } from './check.ts';
import { type DnsOptions, dnsCheck } from './dns.ts';
import { type GrpcOptions, grpcCheck } from './grpc.ts';
import { type HttpOptions, httpCheck } from './http.ts';
import { type TcpOptions, tcpCheck } from './tcp.ts';

/** Nothing is tried: the operator evaluates the dependency, and an annotation of the Pod says when it is there. */
export interface OpenedOptions {
  readonly kind: 'opened';
}

export type CheckOptions = DnsOptions | TcpOptions | HttpOptions | GrpcOptions | OpenedOptions;

/** The check for the options. */
export function createCheck(
  options: CheckOptions,
  network: Network,
  search: Search,
  trustIn: TrustIn,
): Check {
  switch (options.kind) {
    case 'dns':
      return dnsCheck(options, network, search);
    case 'tcp':
      return tcpCheck(options, network);
    case 'http':
      return httpCheck(options, network, trustIn);
    case 'grpc':
      return grpcCheck(options, network, trustIn);
    case 'opened':
      return async () => ({ satisfied: false, answer: 'the operator opens it when it is there' });
  }
}

/** The check in a few words, for logs and messages: without credentials, and without what a Secret or ConfigMap holds. */
export function describeCheck(options: CheckOptions): string {
  if ('shownAs' in options && options.shownAs !== undefined) return `${options.kind}, ${options.shownAs}`;
  switch (options.kind) {
    case 'dns':
      return `dns ${options.host}`;
    case 'http': {
      const { protocol, host, pathname, search } = options.url;
      return `http ${options.method} ${protocol}//${host}${pathname}${search}`;
    }
    case 'opened':
      return 'opened';
    default:
      return `${options.kind} ${formatHostPort(options)}`;
  }
}
