import type { Logger } from 'pino';
import type { Gate, GateEvent, Pod, Workload } from '../core/model.ts';
import type { Requests } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import type { Expressions } from './expressions.ts';
import type { ReconcileSurroundings } from './observe.ts';
import type { PatientEvents } from './patient-events.ts';
import type { Reconciled } from './reference.ts';
import type { Stores } from './stores.ts';

/** All that reconciles share. */
export interface Context extends ReconcileSurroundings {
  readonly requests: Pick<Requests, 'get' | 'list' | 'patch' | 'delete'>;
  readonly clock: Clock;
  readonly stores: Stores;
  readonly expressions: Expressions;
  readonly log: Logger;
  /** Records an Event. Never throws. */
  readonly emit: (about: Gate | Workload | Pod, event: GateEvent) => void;
  /** Of what waits. */
  readonly patientEvents: PatientEvents;
  /** Queues what the other kind of reconcile has to know, where no watch will tell it. */
  readonly look: (one: Reconciled) => void;
}
