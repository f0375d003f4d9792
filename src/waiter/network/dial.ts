import type { Socket } from 'node:net';
import { net } from '../builtin.ts';
import type { Endpoint, Failure } from '../checks/check.ts';
import { describeError } from './failure.ts';

/** A connection, and where it leads. */
export interface Dialed {
  readonly socket: Socket;
  readonly endpoint: Endpoint;
}

/** How long an address has before the next one is tried beside it (RFC 8305, section 5). */
const NEXT_ADDRESS_AFTER = 250;

/**
 * Connects to whichever endpoint accepts first, so that an address family that leads nowhere costs little. The caller
 * owns the socket. When none accepts, the failure is the last one; when the signal aborts, all sockets are closed.
 */
export function dial(
  endpoints: readonly Endpoint[],
  signal: AbortSignal,
  connect: (endpoint: Endpoint) => Socket = ({ host, port }) => net.createConnection({ host, port }),
): Promise<Dialed | Failure> {
  return new Promise((resolve) => {
    const waiting = [...endpoints];
    const open = new Set<Socket>();
    let timer: NodeJS.Timeout | undefined;

    const end = (result: Dialed | Failure) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      const kept = 'socket' in result ? result.socket : undefined;
      for (const socket of open) if (socket !== kept) socket.destroy();
      resolve(result);
    };
    const abort = () => end({ failure: 'timeout' });
    const next = () => {
      clearTimeout(timer);
      const endpoint = waiting.shift();
      if (endpoint === undefined) return;
      const socket = connect(endpoint);
      open.add(socket);
      // The listener stays, so that a socket which loses the race can never raise an unhandled error.
      socket.on('error', (error) => {
        open.delete(socket);
        if (waiting.length > 0) next();
        else if (open.size === 0) end({ failure: describeError(error) });
      });
      socket.once('connect', () => end({ socket, endpoint }));
      timer = setTimeout(next, NEXT_ADDRESS_AFTER);
    };

    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    next();
  });
}
