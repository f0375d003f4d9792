import type { Logger } from 'pino';
import type { Random } from '../kube/backoff.ts';
import type { Connection } from '../kube/client/connection.ts';
import { createRequests } from '../kube/client/http-requests.ts';
import type { RequestObservation } from '../kube/client/requests.ts';
import { steadyClock, systemClock } from '../kube/clock.ts';
import { Election } from '../kube/election/election.ts';
import { TIMINGS, type Timings } from '../kube/election/lease-standing.ts';
import { levelOfWatch } from './failures.ts';

/** The Lease by which one of several operators leads. */
export interface OwnLease {
  readonly namespace: string;
  readonly name: string;
  /** How this operator is called there, e.g. the Pod's name and something that no other process has. */
  readonly identity: string;
  /** Default: client-go's. */
  readonly timings?: Timings | undefined;
}

export interface LeadershipOptions {
  readonly connection: Connection;
  readonly observer: (observation: RequestObservation) => void;
  readonly random: Random;
  readonly log: Logger;
  readonly onLeading: () => void;
  readonly onLost: () => void;
}

/**
 * An election whose turns are in the log. Its requests have half of the time within which the Lease must be renewed, so that
 * one that hangs leaves room for another.
 */
export function standForElection(lease: OwnLease, options: LeadershipOptions): Election {
  const { connection, observer, random, log, onLeading, onLost } = options;
  const { namespace, name, identity, timings = TIMINGS } = lease;
  const told = log.child({ lease: `${namespace}/${name}` });
  const deadlineMs = timings.renewWithinMs / 2;
  return new Election({
    requests: createRequests({ connection, clock: systemClock, deadlineMs, observer }),
    ...{ lease: { namespace, name }, identity, random, timings },
    clock: steadyClock,
    wallNow: systemClock.now,
    onLeading: () => {
      told.info({ identity }, 'this operator leads');
      onLeading();
    },
    onLost: () => {
      told.warn(
        'this operator leads no more: the lease was not renewed in time, or is of another; it stands by',
      );
      onLost();
    },
    onHolder: (leader) => told.info({ leader }, 'another operator leads, this one stands by'),
    onError: (error) =>
      told[levelOfWatch(error)]({ err: error }, 'the lease cannot be read or written, retrying'),
  });
}
