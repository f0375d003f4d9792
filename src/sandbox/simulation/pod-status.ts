import { HOST_IP } from './node-place.ts';
import type { Pod, PodCondition, PodContainer } from './objects.ts';

export type PlayedState =
  | { readonly waiting: { readonly reason: string; readonly message?: string } }
  | { readonly running: { readonly startedAt: string } }
  | { readonly terminated: Termination };

export interface Termination {
  readonly exitCode: number;
  readonly reason: 'Completed' | 'Error';
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** What has become of a container. */
export interface ContainerRecord {
  readonly state: PlayedState;
  readonly lastState: { readonly terminated?: Termination };
  readonly restartCount: number;
  /** An app or a sidecar that serves, an init container that has succeeded. */
  readonly ready: boolean;
}

/** What the node knows of a Pod. */
export interface PodRecord {
  /** By container name; those that have not begun are absent. */
  readonly containers: ReadonlyMap<string, ContainerRecord>;
  readonly podIP: string;
  readonly startTime: string;
  /** An init container has failed, and may not be restarted. */
  readonly failed: boolean;
}

/** A native sidecar: an init container that goes on beside the others. */
export function isSidecar({ restartPolicy }: PodContainer): boolean {
  return restartPolicy === 'Always';
}

/** The status that the kubelet writes: fields, reasons, messages and the order of the conditions are its own. */
export function podStatus(pod: Pod, record: PodRecord, now: string): Record<string, unknown> {
  const { initContainers, containers } = pod.spec;
  const behind = initContainers.filter(({ name }) => !record.containers.get(name)?.ready).map(nameOf);
  const unready = containers.filter(({ name }) => !record.containers.get(name)?.ready).map(nameOf);
  const started = containers.every(({ name }) => 'running' in (record.containers.get(name)?.state ?? {}));
  const waiting = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating';
  const status = (container: PodContainer) =>
    containerStatus(container, record.containers.get(container.name), waiting);
  return {
    phase: record.failed ? 'Failed' : behind.length === 0 && started ? 'Running' : 'Pending',
    conditions: [
      condition('PodReadyToStartContainers'),
      condition('Initialized', 'ContainersNotInitialized', 'containers with incomplete status', behind),
      condition('Ready', 'ContainersNotReady', 'containers with unready status', unready),
      condition('ContainersReady', 'ContainersNotReady', 'containers with unready status', unready),
      condition('PodScheduled'),
    ].map((wanted) => stamped(wanted, pod.status.conditions, now)),
    hostIP: HOST_IP,
    hostIPs: [{ ip: HOST_IP }],
    podIP: record.podIP,
    podIPs: [{ ip: record.podIP }],
    startTime: record.startTime,
    initContainerStatuses: initContainers.length > 0 ? initContainers.map(status) : undefined,
    containerStatuses: containers.map(status),
  };
}

function containerStatus(
  { name, image }: PodContainer,
  record: ContainerRecord | undefined,
  waiting: string,
) {
  const state = record?.state ?? { waiting: { reason: waiting } };
  return {
    name,
    image,
    imageID: 'waiting' in state ? '' : `sandbox://${image}`,
    ready: record?.ready ?? false,
    started: 'running' in state,
    restartCount: record?.restartCount ?? 0,
    state,
    lastState: record?.lastState ?? {},
  };
}

/** True, unless some containers stand against it. */
function condition(
  type: string,
  reason?: string,
  message?: string,
  against: readonly string[] = [],
): PodCondition {
  if (against.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason, message: `${message}: [${against.join(' ')}]` };
}

function stamped(condition: PodCondition, before: readonly PodCondition[], now: string): PodCondition {
  const last = before.find(({ type }) => type === condition.type);
  const since = last?.status === condition.status ? last.lastTransitionTime : undefined;
  return { ...condition, lastProbeTime: null, lastTransitionTime: since ?? now };
}

function nameOf({ name }: PodContainer): string {
  return name;
}
