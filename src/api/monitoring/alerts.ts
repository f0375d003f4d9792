/**
 * The alerts that come with the operator. config/monitoring has the PrometheusRule that is made of them, and docs/runbooks
 * a page for each.
 */

export interface Alert {
  /** What PromQL must be true for how long. */
  readonly expr: string;
  readonly for: string;
  readonly severity: 'critical' | 'warning' | 'info';
  /** One line, for a notification. */
  readonly summary: string;
  /** What it means now, with its numbers. */
  readonly description: string;
}

/** Gates of a state, by namespace. */
function gatesOf(state: string): string {
  return `sum by (gate_namespace) (dependency_gate_gates{state="${state}"}) > 0`;
}

const RECONCILES = 'dependency_gate_reconcile_duration_seconds_count';
const IN_NAMESPACE = '{{ $value }} gates in namespace {{ $labels.gate_namespace }}';

export const ALERTS = {
  DependencyGateOperatorDown: {
    expr: 'absent(dependency_gate_build_info)',
    for: '10m',
    severity: 'critical',
    summary: 'No operator of Dependency Gate is scraped.',
    description:
      'Pods go on waiting for what they check themselves; what the operator evaluates opens for nobody, and new gates come into no target.',
  },
  DependencyGateReconcilesFail: {
    expr: `sum(rate(${RECONCILES}{result=~"transient|refused|bug"}[10m])) / sum(rate(${RECONCILES}[10m])) > 0.5`,
    for: '15m',
    severity: 'warning',
    summary: 'Most reconciles of the Dependency Gate operator fail.',
    description: '{{ $value | humanizePercentage }} of the reconciles of the last ten minutes failed.',
  },
  DependencyGateQueueStuck: {
    expr: 'min_over_time(dependency_gate_queue_length[15m]) > 50',
    for: '15m',
    severity: 'warning',
    summary: 'The Dependency Gate operator does not keep up.',
    description:
      '{{ $value }} gates and workloads have waited for a reconcile at every moment of 15 minutes.',
  },
  DependencyGateStalled: {
    expr: gatesOf('stalled'),
    for: '15m',
    severity: 'warning',
    summary: 'Gates cannot come into force without somebody acting.',
    description: `${IN_NAMESPACE} are Stalled: their message says what to change.`,
  },
  DependencyGateFailed: {
    expr: gatesOf('failed'),
    for: '5m',
    severity: 'warning',
    summary: 'Pods wait for something that failed and does not heal by itself.',
    description: `${IN_NAMESPACE} wait for a Job, an object or a Pod that failed.`,
  },
  DependencyGateOverdue: {
    expr: gatesOf('overdue'),
    for: '1m',
    severity: 'warning',
    summary: "Pods wait for longer than their gate's author thought right.",
    description: `${IN_NAMESPACE} have a dependency that blocks Pods for longer than overdueAfterSeconds.`,
  },
  DependencyGateHeldPods: {
    expr: 'dependency_gate_held_pods > 0',
    for: '10m',
    severity: 'warning',
    summary: 'Pods are held for gates that do not come.',
    description: '{{ $value }} Pods require a gate by their label, and their templates lack it.',
  },
  DependencyGateAdmissionNotActing: {
    expr: 'dependency_gate_admission_installed == 1 and dependency_gate_admission_acting == 0',
    for: '5m',
    severity: 'critical',
    summary: 'New workloads start without their gates.',
    description:
      'The admission policies are installed and do not act: three targets in a row came without their containers.',
  },
  DependencyGateAdmissionSkipped: {
    expr: 'sum by (cause) (increase(dependency_gate_admission_skipped_total{cause!="crd_new"}[1h])) > 0',
    for: '0m',
    severity: 'info',
    summary: 'A target came without the containers of its gate.',
    description: '{{ $value | humanize }} writes in the last hour; the cause is {{ $labels.cause }}.',
  },
  DependencyGateForeignPolicies: {
    expr: 'dependency_gate_foreign_policies > 0',
    for: '30m',
    severity: 'warning',
    summary: "Admission policies are not those of the operator's release.",
    description: '{{ $value }} policies are of another release, or were edited.',
  },
} as const satisfies Readonly<Record<string, Alert>>;

export type AlertName = keyof typeof ALERTS;
