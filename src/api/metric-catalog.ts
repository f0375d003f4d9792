/**
 * The operator's metrics: a closed list, since alerts and dashboards rely on it. `src/controller/metrics.ts` fills them,
 * docs/reference/metrics.md is made from here, and so is what config/monitoring asks of them.
 */

/** What a gate is counted as: the first that holds, so that the states of all gates add up to the gates. */
export const GATE_STATES = {
  stalled: 'it cannot come into force without somebody acting: the condition `Stalled`',
  failed:
    'something failed that does not heal by itself: `Open` is False with `DependencyFailed`, `TargetFailed` or `PodFailed`',
  overdue: 'a dependency blocks Pods for longer than `overdueAfterSeconds`',
  waiting: 'Pods wait: `Open` is False for any other reason',
  open: 'the condition `Open` is True',
  unknown: '`Open` is Unknown, or the operator has told nothing of the gate yet',
} as const;

export type GateState = keyof typeof GATE_STATES;

/** How a reconcile ended. */
export const RECONCILE_RESULTS = {
  success: 'it ended',
  conflict: 'somebody else wrote at the same moment: expected',
  undone: 'a write was accepted and taken back on the way',
  transient: 'the API server could not serve',
  refused: 'the API server would not',
  bug: 'an error that nobody expected: please report it',
} as const;

/** Why a target came without the containers that admission had to place. */
export const SKIP_CAUSES = {
  policy_missing: 'a policy is not there',
  binding_missing: 'a policy has no binding',
  policy_differs: "a policy is another release's, or was edited",
  crd_missing: 'the custom resource is not there',
  crd_new: "the API server has not found the policies' parameters yet: it passes",
  unknown: 'none of these',
} as const;

/** What a label may be: one of a closed list, each with its meaning, or what is said here. */
export type LabelMeaning = string | Readonly<Record<string, string>>;

export interface MetricDefinition {
  readonly type: 'gauge' | 'counter' | 'histogram';
  /** One sentence, as `# HELP` has it. */
  readonly help: string;
  readonly labels: Readonly<Record<string, LabelMeaning>>;
}

/** By their names. */
export const METRICS = {
  dependency_gate_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels say what runs.',
    labels: { version: 'the release', nodeversion: 'of the Node that runs it' },
  },
  dependency_gate_gates: {
    type: 'gauge',
    help: 'Gates by namespace and state; a namespace without gates has no series.',
    labels: {
      gate_namespace:
        'not `namespace`, which Prometheus gives to what it scrapes: there it is that of the operator',
      state: GATE_STATES,
    },
  },
  dependency_gate_overdue_dependencies: {
    type: 'gauge',
    help: 'Dependencies that Pods wait for longer than overdueAfterSeconds, over all gates.',
    labels: {},
  },
  dependency_gate_failed_dependencies: {
    type: 'gauge',
    help: 'Dependencies in the state Failed, over all gates: the last attempt of a Pod failed, or they will not come by themselves.',
    labels: {},
  },
  dependency_gate_held_pods: {
    type: 'gauge',
    help: 'Pods that are held until their gates are in place.',
    labels: {},
  },
  dependency_gate_admission_installed: {
    type: 'gauge',
    help: 'Whether the admission policies that place containers, and their bindings, are there (1) or not (0).',
    labels: {},
  },
  dependency_gate_admission_acting: {
    type: 'gauge',
    help: 'Whether the admission policies are there and act (1), or not (0): 0 after three targets in a row came without the containers.',
    labels: {},
  },
  dependency_gate_first_starts_refused: {
    type: 'gauge',
    help: 'Whether first starts are refused until their templates carry the containers (1): not so where admission places these, where nothing gates first starts, and where the custom resource is older and does not keep what they are refused by.',
    labels: {},
  },
  dependency_gate_foreign_policies: {
    type: 'gauge',
    help: 'Policies that gate first starts and are not those of this release: of another one, or edited.',
    labels: {},
  },
  dependency_gate_crd_lacking_fields: {
    type: 'gauge',
    help: 'Fields of this release that the CustomResourceDefinition in the cluster does not keep: it is older than the operator.',
    labels: {},
  },
  dependency_gate_admission_skipped_total: {
    type: 'counter',
    help: 'Writes of targets by others that came without the containers although a gate was in force.',
    labels: { cause: SKIP_CAUSES },
  },
  dependency_gate_queue_length: {
    type: 'gauge',
    help: 'Gates and workloads that wait for a reconcile.',
    labels: {},
  },
  dependency_gate_reconcile_duration_seconds: {
    type: 'histogram',
    help: 'Time of one reconcile.',
    labels: { result: RECONCILE_RESULTS },
  },
  dependency_gate_api_requests_total: {
    type: 'counter',
    help: 'Requests to the API server.',
    labels: {
      verb: 'as RBAC has it',
      resource: '`<group>/<version>/<plural>`',
      status: 'of HTTP; 0 where there was no answer',
    },
  },
  // As client-go and controller-runtime name it, so that what is made for their operators fits.
  leader_election_master_status: {
    type: 'gauge',
    help: 'Whether this replica is the one that works (1) or stands by (0): then it tells of no gates.',
    labels: { name: "the Lease's" },
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;
/** The names of a metric's labels. */
export type LabelOf<Name extends MetricName> = Extract<keyof (typeof METRICS)[Name]['labels'], string>;
/** The metrics of a type. */
export type MetricOf<Type extends MetricDefinition['type']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never;
}[MetricName];
