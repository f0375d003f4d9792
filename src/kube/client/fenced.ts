import { ApiError } from '../api-error.ts';
import type { Connection } from './connection.ts';

/** `reason` of the error of a request that was not sent. */
export const FENCED = 'Fenced';

/**
 * The same connection, for as long as whoever has it may write: it is asked before each request that can change something,
 * and what may not be is not sent. It closes nothing: that is for whoever opened the connection.
 */
export function fenced(connection: Connection, mayWrite: () => boolean): Connection {
  return {
    fetch: async (path, init) => {
      if (init.method !== 'GET' && !mayWrite()) throw fencedError();
      return connection.fetch(path, init);
    },
    close: async () => {},
  };
}

function fencedError(): ApiError {
  const message = 'it was not sent: another operator leads by now, or this one stops';
  return new ApiError({ status: 0, reason: FENCED, message });
}

/** Whether it was not sent, since whoever asked for it may not write any more. */
export const isFenced = (error: unknown): boolean => error instanceof ApiError && error.reason === FENCED;
