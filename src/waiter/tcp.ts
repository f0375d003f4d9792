import { formatHostPort, type HostPort } from './address.ts';
import type { Check, Network } from './check.ts';
import { dial } from './dial.ts';

export interface TcpOptions extends HostPort {
  readonly kind: 'tcp';
}

/** Satisfied when a TCP connection is accepted; it is closed at once. */
export function tcpCheck({ host, port }: TcpOptions, network: Network): Check {
  return async (signal) => {
    const located = await network.locate(host, port, signal);
    if ('failure' in located) return { satisfied: false, answer: located.failure };
    const dialed = await dial(located, signal);
    if ('failure' in dialed) return { satisfied: false, answer: dialed.failure };
    const { remoteAddress = host, remotePort = port } = dialed;
    dialed.destroy();
    return { satisfied: true, answer: formatHostPort({ host: remoteAddress, port: remotePort }) };
  };
}
