import type { HostPort } from '../network/address.ts';

/** What one attempt has found. */
export interface Answer {
  readonly satisfied: boolean;
  /** What a person reads: addresses, `NXDOMAIN`, `connection refused`, `HTTP 503`, `NOT_SERVING`. */
  readonly answer: string;
}

/**
 * One attempt to find a dependency. Whatever the network does is an answer and not an error; a rejection is a defect or
 * a setting that cannot work. Once the signal aborts, the attempt lets go of everything it holds; its answer no longer counts.
 */
export type Check = (signal: AbortSignal) => Promise<Answer>;

/** Why a name has no addresses: the outcomes that a person needs told apart (RFC 1035 and RFC 2308), or the resolver's own word. */
export type ResolutionCode =
  | 'NXDOMAIN'
  | 'NODATA'
  | 'SERVFAIL'
  | 'REFUSED'
  | 'TIMEOUT'
  /** No name server could be reached at all. */
  | 'UNREACHABLE'
  /** A name server's answer that makes no sense, or a name that cannot be asked for. */
  | 'BADRESPONSE'
  | 'BADNAME';

export interface Addresses {
  /** IPv4 or IPv6 literals: at least one, since a name without an address leads nowhere. */
  readonly addresses: readonly [string, ...string[]];
}

export type Resolution = Addresses | { readonly code: ResolutionCode };

/** Where to dial. */
export interface Endpoint {
  /** An IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** What a person is to read, where the endpoint only stands in for something else, as in the sandbox. */
  readonly standsFor?: HostPort;
}

/** Why there is nothing to dial, or nobody who answers, in a person's words. */
export interface Failure {
  readonly failure: string;
}

/** The world that checks talk to. The sandbox gives its own. Nothing here rejects for what a network may do. */
export interface Network {
  /** Asks for exactly this name; the search list is the caller's business. Ends with TIMEOUT when the signal aborts. */
  resolve(host: string, type: 'A' | 'AAAA', signal: AbortSignal): Promise<Resolution>;
  /** Where a host (name or IP address, as in a Pod) and port are to be dialled: at least one endpoint, best first. */
  locate(host: string, port: number, signal: AbortSignal): Promise<readonly Endpoint[] | Failure>;
}
