import { z } from 'zod';
import { parseStatus } from '../../src/api/gate.ts';

/** What scenarios read of objects. */

const text = z.string().default('');
const words = z.record(z.string(), z.string()).default({});
const named = z.looseObject({ name: z.string() });
const metadata = z.looseObject({
  name: z.string(),
  uid: text,
  resourceVersion: text,
  creationTimestamp: text,
  deletionTimestamp: z.string().optional(),
  generation: z.int().default(0),
  finalizers: z.array(z.string()).default([]),
  annotations: words,
  labels: words,
  managedFields: z
    .array(z.looseObject({ manager: text, operation: text, subresource: text, fieldsV1: z.unknown() }))
    .default([]),
});

const gateSchema = z.looseObject({ metadata, spec: z.looseObject({}), status: z.unknown().optional() });

/** A gate and its status, parsed. */
export function viewGate(raw: unknown) {
  const gate = gateSchema.parse(raw);
  return { ...gate, status: parseStatus(gate.status) };
}

export type GateView = ReturnType<typeof viewGate>;

/** The gate in a few words, as `kubectl get` and its conditions have them; `-` for what is not there. */
export function summarize({ metadata, status }: GateView) {
  const { conditions = [], targets = [], dependencies = [], pods, display } = status;
  const condition = (type: string) => conditions.find((one) => one.type === type);
  const verdict = (type: string) => {
    const found = condition(type);
    return found ? `${found.status}/${found.reason}` : '-';
  };
  return {
    isSeen: status.observedGeneration === metadata.generation,
    ready: verdict('Ready'),
    readyMessage: condition('Ready')?.message ?? '-',
    open: verdict('Open'),
    openMessage: condition('Open')?.message ?? '-',
    stalled: verdict('Stalled'),
    stalledMessage: condition('Stalled')?.message ?? '-',
    targets: targets.map(({ name, state }) => `${name} ${state}`).join(', '),
    dependencies: dependencies.map(({ name, state }) => `${name} ${state}`).join(', '),
    answers: dependencies.map(({ name, message = '-' }) => `${name}: ${message}`).join('; '),
    /** What the operator sees of each. */
    seen: dependencies.map(({ name, answer = '-' }) => `${name}: ${answer}`).join('; '),
    satisfied: dependencies.flatMap(({ name, satisfied }) => (satisfied ? name : [])).join(', '),
    pods: display?.pods ?? '-',
    init: display?.init ?? '-',
    waitingOn: display?.waitingOn ?? '-',
    older: pods?.older ?? 0,
    ungated: pods?.ungated ?? 0,
  };
}

export type Summary = ReturnType<typeof summarize>;

const workloadSchema = z.looseObject({
  metadata,
  spec: z.looseObject({
    replicas: z.int().default(0),
    template: z.looseObject({
      metadata: z.looseObject({ annotations: words, labels: words }).prefault({}),
      spec: z.looseObject({
        initContainers: z.array(named).default([]),
        containers: z.array(named).default([]),
        volumes: z.array(named).default([]),
      }),
    }),
  }),
  status: z.looseObject({ availableReplicas: z.int().default(0), replicas: z.int().default(0) }).prefault({}),
});

/** A Deployment, ReplicaSet, StatefulSet or DaemonSet. */
export function viewWorkload(raw: unknown) {
  return workloadSchema.parse(raw);
}

export type WorkloadView = ReturnType<typeof viewWorkload>;

/** Names of the init containers of its template, in their order. */
export function initNames({ spec }: WorkloadView): string[] {
  return spec.template.spec.initContainers.map(({ name }) => name);
}

const state = z.looseObject({
  waiting: z.looseObject({ reason: text }).optional(),
  running: z.looseObject({}).optional(),
  terminated: z.looseObject({ exitCode: z.int() }).optional(),
});

const podSchema = z.looseObject({
  metadata,
  spec: z.looseObject({
    initContainers: z.array(named).default([]),
    containers: z.array(named).default([]),
    schedulingGates: z.array(named).default([]),
  }),
  status: z
    .looseObject({
      phase: text,
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
      initContainerStatuses: z
        .array(
          z.looseObject({ name: z.string(), restartCount: z.int().default(0), state: state.prefault({}) }),
        )
        .default([]),
      containerStatuses: z.array(z.looseObject({ restartCount: z.int().default(0) })).default([]),
    })
    .prefault({}),
});

export function viewPod(raw: unknown) {
  return podSchema.parse(raw);
}

export type PodView = ReturnType<typeof viewPod>;

/** Whether a Pod was made with the containers of a gate. */
export function isGated({ spec }: PodView): boolean {
  return spec.initContainers.some(({ name }) => name.startsWith('dgate-'));
}

/** Whether something keeps it from being scheduled. */
export function isHeld({ spec }: PodView): boolean {
  return spec.schedulingGates.length > 0;
}

export function isReady({ status }: PodView): boolean {
  return status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** Whether an init container of the Pod runs at this moment. */
export function isRunning({ status }: PodView, container: string): boolean {
  return status.initContainerStatuses.some(
    ({ name, state }) => name === container && state.running !== undefined,
  );
}

/** Whether an init container of the Pod has ended well. */
export function hasPassed({ status }: PodView, container: string): boolean {
  return status.initContainerStatuses.some(
    ({ name, state }) => name === container && state.terminated?.exitCode === 0,
  );
}

/** How often the kubelet has started its init containers again, together. */
export function restarts({ status }: PodView): number {
  return status.initContainerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
}
