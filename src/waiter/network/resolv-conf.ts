import { parseHostPort } from './address.ts';
import { isIP } from './ip.ts';

/** What resolv.conf(5) says about completing and asking for names. */
export interface ResolvConf {
  /** Domains that complete a name, in order, without dots at their ends. */
  readonly search: readonly string[];
  /** A name with fewer dots than this is tried with the search list first. Default: 1. */
  readonly ndots: number;
  /** Addresses of the name servers, in order: an IP address, or `address:port` as c-ares has it. */
  readonly nameservers: readonly string[];
}

/** The resolver's own upper limit (resolv.conf(5)). */
const MAX_NDOTS = 15;

/** Reads a resolv.conf. As in glibc the last `search` or `domain` line counts, and what is not understood is skipped. */
export function parseResolvConf(text: string): ResolvConf {
  let search: readonly string[] = [];
  let ndots = 1;
  const nameservers: string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*/s, '')
      .trim()
      .split(/\s+/);
    const [first] = values;
    if (keyword === 'nameserver' && first !== undefined && isServer(first)) nameservers.push(first);
    if (keyword === 'search') search = domains(values);
    if (keyword === 'domain') search = domains(values.slice(0, 1));
    if (keyword === 'options') ndots = ndotsOf(values) ?? ndots;
  }
  return { search, ndots, nameservers };
}

function domains(values: readonly string[]): readonly string[] {
  return values.map((value) => value.replace(/\.$/, '')).filter((value) => value !== '');
}

function ndotsOf(options: readonly string[]): number | undefined {
  const [, digits] =
    /^ndots:(\d+)$/.exec(options.findLast((option) => /^ndots:\d+$/.test(option)) ?? '') ?? [];
  return digits === undefined ? undefined : Math.min(Number(digits), MAX_NDOTS);
}

function isServer(value: string): boolean {
  return isIP(value) || isIP(parseHostPort(value)?.host ?? '');
}
