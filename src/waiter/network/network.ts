import { dns, net } from '../builtin.ts';
import type { Network, Resolution, ResolutionCode } from '../checks/check.ts';
import { isIP, isIPv6 } from './ip.ts';
import { describeCode, resolutionOf, type Search, searchAddresses } from './search.ts';

/** c-ares' words for RFC 1035's. ECANCELLED is ours: the attempt's time was over. */
const CODES: Readonly<Record<string, ResolutionCode>> = {
  ENOTFOUND: 'NXDOMAIN',
  ENODATA: 'NODATA',
  ESERVFAIL: 'SERVFAIL',
  EREFUSED: 'REFUSED',
  ETIMEOUT: 'TIMEOUT',
  ECANCELLED: 'TIMEOUT',
  ECONNREFUSED: 'UNREACHABLE',
  EBADNAME: 'BADNAME',
};

/** Addresses of each family that an attempt may dial: a name server can tell thousands, of anybody. */
const MAX_DIALED_OF_A_FAMILY = 32;

/**
 * The network as the container sees it. Names are looked up by c-ares throughout and never by getaddrinfo (`dns.lookup`):
 * that one cannot be cancelled, holds up the end of the process for as long as a dead name server keeps it waiting
 * (measured: 10 s, where SIGTERM must end it within 100 ms), and tells no codes. What getaddrinfo would have added,
 * the hosts file and the search list, `searchAddresses` does.
 *
 * One resolver serves all attempts of a dependency, so that c-ares remembers which name server does not answer. An attempt
 * that ends cancels all open queries of its resolver: attempts of a dependency do not overlap, those of several do, so each
 * dependency has a network of its own. What is cancelled is closed and freed, where a name server sends without an end.
 */
export function systemNetwork(nameservers: readonly string[], search: Search): Network {
  const resolver = new dns.Resolver();
  if (nameservers.length > 0) resolver.setServers(nameservers);

  const resolve: Network['resolve'] = (host, type, signal) =>
    new Promise<Resolution>((done) => {
      if (signal.aborted) return done({ code: 'TIMEOUT' });
      const cancel = () => resolver.cancel();
      signal.addEventListener('abort', cancel);
      // An answer that is a CNAME and nothing else is no error to c-ares, and has no addresses.
      const answer = (error: NodeJS.ErrnoException | null, addresses: readonly string[]) => {
        signal.removeEventListener('abort', cancel);
        done(error === null ? resolutionOf(addresses) : { code: CODES[error.code ?? ''] ?? 'BADRESPONSE' });
      };
      if (type === 'A') resolver.resolve4(host, answer);
      else resolver.resolve6(host, answer);
    });

  return {
    resolve,
    async locate(host, port, signal) {
      if (isIP(host)) return [{ host, port }];
      const found = await searchAddresses(host, 'all', search, resolve, signal);
      if ('code' in found) return { failure: describeCode(found.code) };
      const few = (isOfFamily: (address: string) => boolean) =>
        found.addresses.filter(isOfFamily).slice(0, MAX_DIALED_OF_A_FAMILY);
      return [...few(net.isIPv4), ...few(isIPv6)].map((address) => ({ host: address, port }));
    },
  };
}
