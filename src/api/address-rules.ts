import type { Rule } from './rule.ts';

/**
 * What addresses are made of. Not patterns of the schema, since the API server shows a pattern as it is, and nobody reads
 * out of one that the port belongs elsewhere.
 */

/** A host name or IPv4 address; underscores are common in SRV-like names. Never starts like a command-line flag. */
const HOST_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
/** The same, or an IPv6 address, with two colons at least: `redis:6379` is a host and a port, not a host. */
const HOST = /^([A-Za-z0-9_][A-Za-z0-9_.-]*|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9_.-]+)?)$/;
const URL = /^https?:[/][/]([A-Za-z0-9_][A-Za-z0-9_.-]*|[[][0-9A-Fa-f:.]+])(:[0-9]{1,5})?([/?#][!-~]*)?$/;

const nameRule = matching(
  HOST_NAME,
  'use a host name alone, such as api, api.team.svc.cluster.local or db.example.com: without scheme, port or path',
);
const hostRule = matching(
  HOST,
  'use a host name or IP address alone, such as api, db.example.com, 10.0.0.1 or fd00::1: a port goes into port, and a URL into an http check',
);
const serverNameRule = matching(
  HOST,
  'use a host name or IP address alone: the one that the certificate is for',
);
const urlRule = matching(
  URL,
  'use a whole URL, such as http://api:8080/healthz: http:// or https://, a host, and no user name, password or space; Secrets go into headers',
);

/** Where addresses stand. */
export interface AddressPlaces {
  readonly 'spec.dependencies[].dns.host': string;
  readonly 'spec.dependencies[].tcp.host': string;
  readonly 'spec.dependencies[].grpc.host': string;
  readonly 'spec.dependencies[].http.url': string;
  readonly 'spec.dependencies[].http.tls.serverName': string;
  readonly 'spec.dependencies[].grpc.tls.serverName': string;
}

export const ADDRESS_RULES: { readonly [P in keyof AddressPlaces]: readonly Rule<string>[] } = {
  'spec.dependencies[].dns.host': [nameRule],
  'spec.dependencies[].tcp.host': [hostRule],
  'spec.dependencies[].grpc.host': [hostRule],
  'spec.dependencies[].http.url': [urlRule],
  'spec.dependencies[].http.tls.serverName': [serverNameRule],
  'spec.dependencies[].grpc.tls.serverName': [serverNameRule],
};

/** ASCII classes are spelt out, so that it means the same to JavaScript and to RE2. */
function matching(pattern: RegExp, message: string): Rule<string> {
  return { cel: `self.matches(r'${pattern.source}')`, message, holds: (value) => pattern.test(value) };
}
