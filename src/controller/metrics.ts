import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type LabelValues,
  type MetricConfiguration,
  Registry,
} from 'prom-client';
import {
  type GateState,
  type LabelOf,
  METRICS,
  type MetricName,
  type MetricOf,
} from '../api/metric-catalog.ts';
import { CAUSES, type Cause } from '../core/admission/cause.ts';
import type { FirstStarts } from '../core/admission/policies.ts';
import type { RequestObservation } from '../kube/client/requests.ts';
import { nameOf } from '../kube/resource.ts';
import type { Failure } from './failures.ts';

/** What the operator counts. No label holds the name of an object but a namespace's, of those that have gates. */
export interface Metrics {
  readonly registry: Registry;
  reconcileEnded(result: 'success' | Failure, seconds: number): void;
  requestEnded(observation: RequestObservation): void;
  /** A target came without the containers that admission had to place. */
  admissionSkipped(cause: Cause): void;
}

/** How many gates of each state there are, by the namespaces that have any. */
export type GatesByNamespace = ReadonlyMap<string, Readonly<Record<GateState, number>>>;

/** What is read when somebody asks for it. */
export interface Gauges {
  /** The release that runs. */
  readonly version: string;
  /** Gates and workloads that wait for a reconcile. */
  readonly queued: () => number;
  /** Gates that exist. */
  readonly gates: () => GatesByNamespace;
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
  /** How many fields of this release the custom resource in the cluster does not keep. */
  readonly lackingFields: () => number;
  /** Whether they also do what they are for, as far as it was seen. */
  readonly isAdmissionActing: () => boolean;
  /** By which Lease one of several operators leads, and whether this is the one. Default: there is one only. */
  readonly leadership?: { readonly lease: string; readonly isLeader: () => boolean } | undefined;
}

/** Of prom-client, and named against Prometheus' rules: gauges called `_total`. Each comes without it too, by type. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** A registry of its own, so that two operators in one process (as in tests) do not count together. */
export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const reconciles = new Histogram({
    ...configuration(registry, 'dependency_gate_reconcile_duration_seconds'),
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
  });
  const requests = new Counter(configuration(registry, 'dependency_gate_api_requests_total'));
  registerGauges(registry, gauges);
  const skipped = skippedCounter(registry);
  return {
    registry,
    reconcileEnded: (result, seconds) => reconciles.observe({ result }, seconds),
    requestEnded: ({ verb, resource, status }) =>
      requests.inc({ verb, resource: nameOf(resource), status: String(status) }),
    admissionSkipped: (cause) => skipped.inc({ cause }),
  };
}

/** What is told of the cluster is told by the one that works: it would be counted twice where all replicas are added up. */
function registerGauges(registry: Registry, gauges: Gauges): void {
  const { lease, isLeader } = gauges.leadership ?? { lease: undefined, isLeader: () => true };
  const gauge = (name: MetricOf<'gauge'>, read: () => number) =>
    labelled(registry, name, () => [[{}, isLeader() ? read() : 0]]);
  if (lease !== undefined)
    labelled(registry, 'leader_election_master_status', () => [[{ name: lease }, Number(isLeader())]]);
  labelled(registry, 'dependency_gate_build_info', () => [
    [{ version: gauges.version, nodeversion: process.version }, 1],
  ]);
  labelled(registry, 'dependency_gate_gates', () => (isLeader() ? gateSeries(gauges.gates()) : []));
  gauge('dependency_gate_queue_length', gauges.queued);
  gauge('dependency_gate_held_pods', gauges.held);
  gauge('dependency_gate_overdue_dependencies', gauges.overdue);
  gauge('dependency_gate_failed_dependencies', gauges.failed);
  gauge('dependency_gate_admission_installed', () => Number(gauges.firstStarts() === 'placed'));
  gauge('dependency_gate_first_starts_refused', () => Number(gauges.firstStarts() === 'refused'));
  gauge('dependency_gate_foreign_policies', gauges.foreignPolicies);
  gauge('dependency_gate_crd_lacking_fields', gauges.lackingFields);
  gauge('dependency_gate_admission_acting', () => Number(gauges.isAdmissionActing()));
}

/** All states of a namespace, those of no gate too: a state that is left must be seen to fall to 0. */
function gateSeries(gates: GatesByNamespace): Series<'dependency_gate_gates'>[] {
  return [...gates].flatMap(([namespace, states]) =>
    Object.entries(states).map(([state, count]) => [{ gate_namespace: namespace, state }, count] as const),
  );
}

/** Each cause is there from the beginning: an increase from nothing is none to whoever computes rates. */
function skippedCounter(registry: Registry): Counter<'cause'> {
  const counter = new Counter(configuration(registry, 'dependency_gate_admission_skipped_total'));
  for (const cause of CAUSES) counter.inc({ cause }, 0);
  return counter;
}

type Series<Name extends MetricName> = readonly [labels: LabelValues<LabelOf<Name>>, value: number];

/** What it held before is forgotten each time, as the namespaces are that have no gates any more. */
function labelled<Name extends MetricOf<'gauge'>>(
  registry: Registry,
  name: Name,
  read: () => readonly Series<Name>[],
): void {
  new Gauge({
    ...configuration(registry, name),
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.set(labels, value);
    },
  });
}

function configuration<Name extends MetricName>(
  registry: Registry,
  name: Name,
): MetricConfiguration<LabelOf<Name>> & { readonly labelNames: LabelOf<Name>[] } {
  const { help, labels } = METRICS[name];
  return { name, help, labelNames: namesOf(labels), registers: [registry] };
}

/** What `Object.keys` answers with, of an object whose type has no more keys than itself. */
function namesOf<Labels extends object>(labels: Labels): Extract<keyof Labels, string>[] {
  const names: Extract<keyof Labels, string>[] = [];
  for (const name in labels) names.push(name);
  return names;
}
