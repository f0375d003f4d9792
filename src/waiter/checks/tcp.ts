import type { Shown } from '../destination.ts';
import { formatHostPort, type HostPort } from '../network/address.ts';
import { withConnection } from '../network/response-limit.ts';
import type { Check, Network } from './check.ts';

export interface TcpOptions extends HostPort, Shown {
  readonly kind: 'tcp';
}

/** Satisfied when a TCP connection is accepted; it is closed at once. */
export function tcpCheck({ host, port }: TcpOptions, network: Network): Check {
  return (signal) =>
    withConnection({ host, port }, network, signal, async (_, endpoint) => ({
      satisfied: true,
      answer: formatHostPort(endpoint.standsFor ?? endpoint),
    }));
}
