/** A host and a port, as people write them. */
export interface HostPort {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What a host may be written with: names, IPv4, and IPv6 with a zone. */
const HOST = /^[A-Za-z0-9_.:%-]+$/;

export function isHost(text: string): boolean {
  return text.length <= 253 && HOST.test(text);
}

/** Reads `host:port` or `[IPv6]:port`; undefined for anything else, an IPv6 address without brackets too. */
export function parseHostPort(text: string): HostPort | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  return isHost(host) && port >= 1 && port <= 65535 ? { host, port } : undefined;
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
