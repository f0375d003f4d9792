import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CAUSES, type Cause } from '../core/admission/cause.ts';
import type { FirstStarts } from '../core/admission/policies.ts';
import type { RequestObservation } from '../kube/client/requests.ts';
import { nameOf } from '../kube/resource.ts';
import type { Failure } from './failures.ts';

/** What the operator counts. No label holds the name of an object: their number has no bound. */
export interface Metrics {
  readonly registry: Registry;
  reconcileEnded(result: 'success' | Failure, seconds: number): void;
  requestEnded(observation: RequestObservation): void;
  /** A target came without the containers that admission had to place. */
  admissionSkipped(cause: Cause): void;
}

export interface Gauges {
  /** Gates and workloads that wait for a reconcile. */
  readonly queued: () => number;
  /** Gates that exist. */
  readonly gates: () => number;
  /** Pods that are held back. */
  readonly held: () => number;
  /** Dependencies that block a Pod for longer than they may, over all gates. */
  readonly overdue: () => number;
  /** Dependencies that a Pod has failed in, or that will not come by themselves, over all gates. */
  readonly failed: () => number;
  /** What gates first starts. */
  readonly firstStarts: () => FirstStarts;
  /** How many policies are there that are not those of this release. */
  readonly foreignPolicies: () => number;
  /** Whether they also do what they are for, as far as it was seen. */
  readonly isAdmissionActing: () => boolean;
}

/** A registry of its own, so that two operators in one process (as in tests) do not count together. */
export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const reconciles = new Histogram({
    name: 'dependency_gate_reconcile_seconds',
    help: 'Time of one reconcile, by its result.',
    labelNames: ['result'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const requests = new Counter({
    name: 'dependency_gate_api_requests_total',
    help: 'Requests to the API server, by verb, resource and HTTP status (0: no answer).',
    labelNames: ['verb', 'resource', 'status'],
    registers,
  });
  gauge(
    registry,
    'dependency_gate_queue_length',
    'Gates and workloads that wait for a reconcile.',
    gauges.queued,
  );
  gauge(registry, 'dependency_gate_gates', 'Gates that exist.', gauges.gates);
  gauge(
    registry,
    'dependency_gate_held_pods',
    'Pods that are held back until their gates are in place.',
    gauges.held,
  );
  gauge(
    registry,
    'dependency_gate_overdue_dependencies',
    'Dependencies that keep Pods for longer than overdueAfterSeconds.',
    gauges.overdue,
  );
  gauge(
    registry,
    'dependency_gate_failed_dependencies',
    'Dependencies in state Failed: the last attempt of a Pod failed, or they will not come by themselves.',
    gauges.failed,
  );
  gauge(
    registry,
    'dependency_gate_admission_installed',
    'Whether the admission policies that place containers are there (1) or not (0).',
    () => (gauges.firstStarts() === 'placed' ? 1 : 0),
  );
  gauge(
    registry,
    'dependency_gate_first_starts_refused',
    'Whether first starts are refused until their templates carry the containers (1): not so where admission places these, or nothing gates first starts.',
    () => (gauges.firstStarts() === 'refused' ? 1 : 0),
  );
  gauge(
    registry,
    'dependency_gate_foreign_policies',
    'Policies that gate first starts and are not those of this release: of another one, or edited.',
    gauges.foreignPolicies,
  );
  gauge(
    registry,
    'dependency_gate_admission_acting',
    'Whether the admission policies are there and act (1), or not (0): 0 after three targets in a row came without the containers.',
    () => (gauges.isAdmissionActing() ? 1 : 0),
  );
  const skipped = skippedCounter(registry);
  return {
    registry,
    reconcileEnded: (result, seconds) => reconciles.observe({ result }, seconds),
    requestEnded: ({ verb, resource, status }) =>
      requests.inc({ verb, resource: nameOf(resource), status: String(status) }),
    admissionSkipped: (cause) => skipped.inc({ cause }),
  };
}

/** Each cause is there from the beginning: an increase from nothing is none to whoever computes rates. */
function skippedCounter(registry: Registry): Counter<'cause'> {
  const counter = new Counter({
    name: 'dependency_gate_admission_skipped_total',
    help: 'Writes of targets by others that came without the containers although a gate was in force, by cause.',
    labelNames: ['cause'],
    registers: [registry],
  });
  for (const cause of CAUSES) counter.inc({ cause }, 0);
  return counter;
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
