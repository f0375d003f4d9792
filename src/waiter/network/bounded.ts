import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { stream } from '../builtin.ts';

/**
 * Bytes that an attempt reads, whatever they are: a handshake with its certificates, heads, frames, bodies. Any answer that
 * a check looks for is much shorter, and what a server sends beyond costs the Pod time and memory.
 */
export const MAX_RESPONSE = 65_536;

export interface Bounded {
  /** The socket, of which nothing is read beyond the limit. Whoever made the socket closes it. */
  readonly connection: Duplex;
  /** Resolves when more has come; never otherwise. */
  readonly exceeded: Promise<void>;
}

/**
 * A connection of which no more is read than `max` bytes. It counts below TLS and HTTP/2, where every byte passes: what
 * comes to no event at all (settings, pings, empty records) counts too.
 */
export function bounded(socket: Socket, max = MAX_RESPONSE): Bounded {
  let left = max;
  const { promise: exceeded, resolve } = Promise.withResolvers<void>();
  const connection = new stream.Duplex({
    read: () => (left >= 0 ? socket.resume() : undefined),
    write: (chunk, encoding, done) => socket.write(chunk, encoding, done),
    final: (done) => socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    const isTooMuch = chunk.length > left;
    const goesOn = connection.push(isTooMuch ? chunk.subarray(0, left) : chunk);
    left -= chunk.length;
    if (isTooMuch || !goesOn) socket.pause();
    // What has come may be an answer: whoever reads it has the first word.
    if (isTooMuch) setImmediate(resolve);
  });
  socket.on('end', () => connection.push(null));
  socket.on('error', (error) => connection.destroy(error));
  socket.on('close', () => connection.destroy());
  return { connection, exceeded };
}
