/** A host and a port, as people write them. */
export interface HostPort {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What a host may be written with: names, IPv4, and IPv6 with a zone. */
const HOST = /^[A-Za-z0-9_.:%-]+$/;

/** A name or IPv4 address, or IPv6 with two colons at least: `redis:6379` is a host and a port. As the gate's own `host`. */
const DIALLED = /^([A-Za-z0-9_][A-Za-z0-9_.-]*|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9_.-]+)?)$/;

/** Whether a text is a host alone, to be connected to. */
export function isDialled(text: string): boolean {
  return text.length <= 253 && DIALLED.test(text);
}

export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;
}

export function isHost(text: string): boolean {
  return text.length <= 253 && HOST.test(text);
}

/** Reads `host:port` or `[IPv6]:port`; undefined for anything else, an IPv6 address without brackets too. */
export function parseHostPort(text: string): HostPort | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  return isHost(host) && isPort(digits ?? '') ? { host, port: Number(digits) } : undefined;
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
