import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Endpoint, Network } from '../../../src/waiter/checks/check.ts';

/** A signal that never aborts within a test. */
export function patience(): AbortSignal {
  return new AbortController().signal;
}

/** A network in which every host is at these endpoints. */
export function networkAt(...endpoints: readonly Endpoint[]): Network {
  return { resolve: async () => ({ code: 'NXDOMAIN' }), locate: async () => endpoints };
}

/** Lets a server listen on loopback, and resolves with its port. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Closes a server; its connections must be closed, or be about to. */
export async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/** A TCP server that does this with each connection. */
export async function tcpServer(
  onConnection: (socket: Socket) => void,
): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  return { server, port: await listen(server) };
}

/** A port at which nobody listens: one that was free a moment ago. */
export async function deadPort(): Promise<number> {
  const { server, port } = await tcpServer(() => undefined);
  await close(server);
  return port;
}
