import { isIP } from './ip.ts';

/** Addresses by name, which is in lower case. */
export type Hosts = ReadonlyMap<string, readonly string[]>;

/**
 * Reads hosts(5), where the kubelet puts `hostAliases`: the addresses of each name, in lower case. As in glibc a line that
 * does not begin with an address says nothing.
 */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/s, '').trim().split(/\s+/);
    if (!isIP(address)) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      hosts.set(key, [...(hosts.get(key) ?? []), address]);
    }
  }
  return hosts;
}
