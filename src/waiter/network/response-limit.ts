import type { Duplex } from 'node:stream';
import type { Answer, Endpoint, Network } from '../checks/check.ts';
import type { HostPort } from './address.ts';
import { bounded, MAX_RESPONSE } from './bounded.ts';
import { dial } from './dial.ts';
import { describeError } from './failure.ts';

const TOO_LONG: Answer = {
  satisfied: false,
  answer: `the response is longer than ${MAX_RESPONSE / 1024} KiB`,
};

/**
 * Connects to a host and asks something there. That it cannot be found or reached, and any error of the question, are
 * answers, and so is a response that is too long. The connection is closed in the end, at the latest when the signal aborts.
 */
export async function withConnection(
  { host, port }: HostPort,
  network: Network,
  signal: AbortSignal,
  ask: (connection: Duplex, endpoint: Endpoint) => Promise<Answer>,
): Promise<Answer> {
  const located = await network.locate(host, port, signal);
  if ('failure' in located) return { satisfied: false, answer: located.failure };
  const dialed = await dial(located, signal);
  if ('failure' in dialed) return { satisfied: false, answer: dialed.failure };
  const { socket, endpoint } = dialed;
  const hangUp = () => socket.destroy();
  signal.addEventListener('abort', hangUp);
  try {
    const { connection, exceeded } = bounded(socket);
    return await Promise.race([ask(connection, endpoint), exceeded.then(() => TOO_LONG)]);
  } catch (error) {
    return { satisfied: false, answer: describeError(error) };
  } finally {
    signal.removeEventListener('abort', hangUp);
    hangUp();
  }
}
