import type { Addresses, Network, Resolution, ResolutionCode } from '../checks/check.ts';
import type { Hosts } from './hosts.ts';
import { isIPv6 } from './ip.ts';
import type { ResolvConf } from './resolv-conf.ts';

/** Which addresses are wanted. `any`: of one family, IPv4 if it is there. `all`: of both, for whoever dials them. */
export type AddressType = 'A' | 'AAAA' | 'any' | 'all';

/** How long IPv6 is waited for where IPv4 is there (RFC 8305, section 3). */
const OTHER_FAMILY_WITHIN = 50;

/** How short names are completed, and which names need not be asked for. */
export interface Search extends Pick<ResolvConf, 'search' | 'ndots'> {
  readonly hosts: Hosts;
}

/** From the least to the most telling: trouble on the way says more than that a name is not there. */
const TELLING: readonly ResolutionCode[] = [
  'BADNAME',
  'NXDOMAIN',
  'NODATA',
  'BADRESPONSE',
  'REFUSED',
  'SERVFAIL',
  'UNREACHABLE',
  'TIMEOUT',
];

/** The full names that a host may mean, in the order in which they are asked for, without the dot at the end. */
export function candidates(host: string, { search, ndots }: Omit<Search, 'hosts'>): readonly string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)];
  const completed = search.map((domain) => `${host}.${domain}`);
  return host.split('.').length - 1 < ndots ? [...completed, host] : [host, ...completed];
}

/**
 * Looks a host up as getaddrinfo would: in the hosts file, then through the search list, which ends with the first name that has addresses of the type. When none has,
 * the most telling code of all is the answer.
 */
export async function searchAddresses(
  host: string,
  type: AddressType,
  search: Search,
  resolve: Network['resolve'],
  signal: AbortSignal,
): Promise<Resolution> {
  const known = (search.hosts.get(host.toLowerCase()) ?? []).filter((address) => isOfType(address, type));
  const inHosts = resolutionOf(known);
  if ('addresses' in inHosts) return inHosts;
  const codes: ResolutionCode[] = [];
  for (const name of candidates(host, search)) {
    const asked = familiesOf(type).map((family) => resolve(name, family, signal));
    for (const [index, answer] of asked.entries()) {
      // IPv4 is looked at first: where it is there, a name server that drops AAAA queries costs nothing.
      const resolution = await answer;
      if ('addresses' in resolution)
        return type === 'all' ? joined(resolution, asked[index + 1]) : resolution;
      codes.push(resolution.code);
    }
    if (signal.aborted) return { code: 'TIMEOUT' };
  }
  return { code: mostTelling(codes) };
}

/** What an answer with these addresses is: one without any (a CNAME alone) says that there is no such data. */
export function resolutionOf([first, ...others]: readonly string[]): Resolution {
  return first === undefined ? { code: 'NODATA' } : { addresses: [first, ...others] };
}

/** The addresses, and behind them those of the other family if they are told soon enough. */
async function joined({ addresses }: Addresses, other: Promise<Resolution> | undefined): Promise<Addresses> {
  if (other === undefined) return { addresses };
  const late = Promise.withResolvers<{ readonly addresses: readonly string[] }>();
  const timer = setTimeout(() => late.resolve({ addresses: [] }), OTHER_FAMILY_WITHIN);
  const more = await Promise.race([other, late.promise]);
  clearTimeout(timer);
  return 'addresses' in more ? { addresses: [...addresses, ...more.addresses] } : { addresses };
}

function familiesOf(type: AddressType): readonly ('A' | 'AAAA')[] {
  return type === 'A' || type === 'AAAA' ? [type] : ['A', 'AAAA'];
}

function isOfType(address: string, type: AddressType): boolean {
  return familiesOf(type).includes(isIPv6(address) ? 'AAAA' : 'A');
}

function mostTelling(codes: readonly ResolutionCode[]): ResolutionCode {
  return TELLING[Math.max(...codes.map((code) => TELLING.indexOf(code)))] ?? 'NXDOMAIN';
}

/** A code in the words of the log. */
export function describeCode(code: ResolutionCode): string {
  const words: Partial<Record<ResolutionCode, string>> = {
    NODATA: 'no data',
    TIMEOUT: 'timeout',
    UNREACHABLE: 'no name server reachable',
    BADRESPONSE: 'bad DNS response',
    BADNAME: 'not a DNS name',
  };
  return words[code] ?? code;
}
