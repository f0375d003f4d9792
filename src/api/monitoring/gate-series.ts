import { GROUP, KIND, VERSION } from '../names.ts';
import { CONDITIONS, dependencyStatusSchema, TARGET_STATES } from '../status.ts';

/**
 * What kube-state-metrics is told of gates, so that there are series of each gate: those of the operator itself name none,
 * since their number would have no bound. `CustomResourceStateMetrics` is a format of kube-state-metrics.
 */

const OF_CONDITION = ['True', 'False', 'Unknown'];

interface Series {
  readonly name: string;
  readonly help: string;
  readonly each: object;
}

/** Each value that something may have is a series: 1 for the one that it has, 0 for the others. */
function oneOf(
  name: string,
  help: string,
  path: readonly string[],
  labelsFromPath: Readonly<Record<string, readonly string[]>>,
  [labelName, list]: readonly [label: string, list: readonly string[]],
): Series {
  const stateSet = { path, labelsFromPath, labelName, list, valueFrom: [labelName] };
  return { name, help, each: { type: 'StateSet', stateSet } };
}

function number(name: string, help: string, path: readonly string[], more: object = {}): Series {
  return { name, help, each: { type: 'Gauge', gauge: { path, ...more } } };
}

const SERIES: readonly Series[] = [
  number('created', 'When the gate was created, in seconds since 1970.', ['metadata', 'creationTimestamp']),
  oneOf(
    'condition',
    `Conditions of the gate: ${Object.keys(CONDITIONS).join(', ')}.`,
    ['status', 'conditions'],
    { type: ['type'] },
    ['status', OF_CONDITION],
  ),
  number('pods', "Pods of the gate's targets, by how status.pods counts them.", ['status', 'pods'], {
    labelFromKey: 'state',
  }),
  oneOf(
    'target_state',
    "States of the gate's targets.",
    ['status', 'targets'],
    { target_kind: ['kind'], target: ['name'] },
    ['state', TARGET_STATES],
  ),
  oneOf(
    'dependency_state',
    "States of the gate's dependencies.",
    ['status', 'dependencies'],
    { dependency: ['name'] },
    ['state', dependencyStatusSchema.shape.state.options],
  ),
  number('dependency_blocked_pods', 'Pods that wait for the dependency now.', ['status', 'dependencies'], {
    labelsFromPath: { dependency: ['name'] },
    valueFrom: ['blocked'],
  }),
];

/** The configuration of kube-state-metrics. */
export function gateSeries(): object {
  return {
    kind: 'CustomResourceStateMetrics',
    spec: {
      resources: [
        {
          groupVersionKind: { group: GROUP, version: VERSION, kind: KIND },
          metricNamePrefix: 'dependency_gate_gate',
          labelsFromPath: { name: ['metadata', 'name'], namespace: ['metadata', 'namespace'] },
          metrics: SERIES,
        },
      ],
    },
  };
}
