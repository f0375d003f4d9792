import { net } from '../builtin.ts';

/** What an IPv6 address is written with, and its zone, which Node takes and a URL does not. */
const LOOKS_LIKE_IPV6 = /^([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?:%[0-9A-Za-z.:-]+)?$/;

/** As Node's `isIP`, whose expression for IPv6 takes 9 ms of CPU time to compile: a seventh of a waiter's start. */
export function isIP(text: string): boolean {
  return net.isIPv4(text) || isIPv6(text);
}

/** As Node's `isIPv6`. The parser of URLs is compiled already. */
export function isIPv6(text: string): boolean {
  const [, address] = LOOKS_LIKE_IPV6.exec(text) ?? [];
  return address !== undefined && URL.canParse(`http://[${address}]/`);
}
