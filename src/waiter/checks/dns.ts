import { isIP } from '../network/ip.ts';
import { type AddressType, describeCode, type Search, searchAddresses } from '../network/search.ts';
import type { Check, Network } from './check.ts';

export interface DnsOptions {
  readonly kind: 'dns';
  readonly host: string;
  readonly type: Exclude<AddressType, 'all'>;
}

/** Satisfied when the host's name has at least one address of the type. An IP address is one already. */
export function dnsCheck({ host, type }: DnsOptions, network: Network, search: Search): Check {
  if (isIP(host)) return async () => ({ satisfied: true, answer: host });
  return async (signal) => {
    const found = await searchAddresses(host, type, search, network.resolve, signal);
    return 'addresses' in found
      ? // Sorted, since name servers rotate addresses, and that is no change worth a line in the log.
        { satisfied: true, answer: [...found.addresses].sort().join(', ') }
      : { satisfied: false, answer: describeCode(found.code) };
  };
}
