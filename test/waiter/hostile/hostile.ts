import type { Duplex } from 'node:stream';

/** A server that means no good, and what the waiter makes of it. */
export interface Hostile {
  /** Answers a connection on which something has been asked. */
  readonly serve: (socket: Duplex) => void;
  readonly answer: RegExp;
  /** What the client trusts; undefined: everything. */
  readonly ca?: string;
  /** Default: no. */
  readonly satisfied?: boolean;
}
