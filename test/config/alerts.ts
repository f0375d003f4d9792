import type { AlertName } from '../../src/api/monitoring/alerts.ts';

/** Series as promtool takes them: `a+bxn` is a, and n times b more, one a minute. */
export type SeriesValues = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly fires: {
    readonly series: SeriesValues;
    /** Besides the severity. */
    readonly labels?: Readonly<Record<string, string>>;
    readonly description: string;
  };
  /** What comes close and is none, each in words. */
  readonly quiet: Readonly<Record<string, SeriesValues>>;
}

const gates = (state: string) => `dependency_gate_gates{gate_namespace="shop",state="${state}"}`;
const reconciles = (result: string) => `dependency_gate_reconcile_duration_seconds_count{result="${result}"}`;
const skipped = (cause: string) => `dependency_gate_admission_skipped_total{cause="${cause}"}`;
const INSTALLED = 'dependency_gate_admission_installed';
const ACTING = 'dependency_gate_admission_acting';
const BUILD = 'dependency_gate_build_info{version="0.1.0"}';

/** Of a state: its alert does not mind a shorter time, nor another state. */
function ofState(state: string, words: string, short: string): AlertCase {
  return {
    fires: {
      series: { [gates(state)]: '2x60' },
      labels: { gate_namespace: 'shop' },
      description: `2 gates in namespace shop ${words}`,
    },
    quiet: {
      'what is over soon': { [gates(state)]: short },
      'gates that wait or are open': {
        [gates('waiting')]: '5x60',
        [gates('open')]: '5x60',
        [gates(state)]: '0x60',
      },
    },
  };
}

/** After an hour. */
export const ALERT_CASES: Readonly<Record<AlertName, AlertCase>> = {
  DependencyGateOperatorDown: {
    fires: {
      series: { 'up{job="another"}': '1x60' },
      description:
        'Pods go on waiting for what they check themselves; what the operator evaluates opens for nobody, and new gates come into no target.',
    },
    quiet: {
      'an operator that runs': { [BUILD]: '1x60' },
      'one that restarts': { [BUILD]: '1x52 _x5 1x5' },
    },
  },
  DependencyGateReconcilesFail: {
    fires: {
      series: { [reconciles('success')]: '0+10x60', [reconciles('refused')]: '0+30x60' },
      description: '75% of the reconciles of the last ten minutes failed.',
    },
    quiet: {
      'conflicts, which are expected': {
        [reconciles('success')]: '0+10x60',
        [reconciles('conflict')]: '0+90x60',
      },
      'a few failures': { [reconciles('success')]: '0+90x60', [reconciles('transient')]: '0+10x60' },
      'nothing to do': { [reconciles('success')]: '100x60', [reconciles('bug')]: '0x60' },
    },
  },
  DependencyGateQueueStuck: {
    fires: {
      series: { dependency_gate_queue_length: '80x60' },
      description: '80 gates and workloads have waited for a reconcile at every moment of 15 minutes.',
    },
    quiet: {
      'a queue that empties now and then': { dependency_gate_queue_length: '80x50 0 80x9' },
      'a short one': { dependency_gate_queue_length: '20x60' },
    },
  },
  DependencyGateStalled: ofState('stalled', 'are Stalled: their message says what to change.', '0x50 1x10'),
  DependencyGateFailed: ofState('failed', 'wait for a Job, an object or a Pod that failed.', '0x57 1x3'),
  DependencyGateOverdue: ofState(
    'overdue',
    'have a dependency that blocks Pods for longer than overdueAfterSeconds.',
    '0x58 1 0',
  ),
  DependencyGateHeldPods: {
    fires: {
      series: { dependency_gate_held_pods: '3x60' },
      description: '3 Pods require a gate by their label, and their templates lack it.',
    },
    quiet: { 'a first start': { dependency_gate_held_pods: '0x55 3x2 0x3' } },
  },
  DependencyGateAdmissionNotActing: {
    fires: {
      series: { [INSTALLED]: '1x60', [ACTING]: '0x60' },
      description:
        'The admission policies are installed and do not act: three targets in a row came without their containers.',
    },
    quiet: {
      'policies that act': { [INSTALLED]: '1x60', [ACTING]: '1x60' },
      'a cluster without them': { [INSTALLED]: '0x60', [ACTING]: '0x60' },
    },
  },
  DependencyGateAdmissionSkipped: {
    fires: {
      series: { [skipped('policy_differs')]: '0x29 2x30' },
      labels: { cause: 'policy_differs' },
      description: '2 writes in the last hour; the cause is policy_differs.',
    },
    quiet: {
      'what passes by itself': { [skipped('crd_new')]: '0x29 2x30' },
      'what was long ago': { [skipped('unknown')]: '2x60' },
    },
  },
  DependencyGateForeignPolicies: {
    fires: {
      series: { dependency_gate_foreign_policies: '4x60' },
      description: '4 policies are of another release, or were edited.',
    },
    quiet: { 'an upgrade': { dependency_gate_foreign_policies: '0x40 4x10 0x10' } },
  },
};
