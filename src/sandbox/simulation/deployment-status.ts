import type { Deployment, PodCondition, ReplicaSet } from './objects.ts';
import { bounds } from './rollout.ts';

type Counts = Readonly<
  Record<'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas', number>
>;

/** The counts and conditions of a Deployment as its controller writes them; a count of 0 is left out. */
export function deploymentStatus(
  deployment: Deployment,
  next: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
  now: string,
): Record<string, unknown> {
  const counts = {
    replicas: total(sets, 'replicas'),
    updatedReplicas: next?.status.replicas ?? 0,
    readyReplicas: total(sets, 'readyReplicas'),
    availableReplicas: total(sets, 'availableReplicas'),
  };
  const unavailableReplicas = Math.max(0, counts.replicas - counts.availableReplicas);
  const { conditions } = deployment.status;
  const moving = isMoving(deployment, counts);
  return {
    observedGeneration: deployment.metadata.generation,
    ...withoutZeros({ ...counts, unavailableReplicas }),
    conditions: [
      stamped(available(deployment, counts.availableReplicas), conditions, now),
      stamped(progressing(deployment, next, counts, moving, now), conditions, now, moving),
    ],
  };
}

/** When a rollout that makes no progress is to be looked at again: milliseconds since the epoch. */
export function progressDeadline({ spec, status }: Deployment): number | undefined {
  const condition = progressCondition(status.conditions);
  if (condition?.reason !== 'ReplicaSetUpdated') return undefined;
  return Date.parse(condition.lastUpdateTime ?? '') + spec.progressDeadlineSeconds * 1000;
}

function available(deployment: Deployment, availableReplicas: number): PodCondition {
  const enough = availableReplicas >= deployment.spec.replicas - bounds(deployment).unavailable;
  return {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: `Deployment ${enough ? 'has' : 'does not have'} minimum availability.`,
  };
}

/** A finished rollout stays finished until the template changes, whatever its Pods do later: so does the real one. */
function progressing(
  deployment: Deployment,
  next: ReplicaSet | undefined,
  counts: Counts,
  moving: boolean,
  now: string,
): PodCondition {
  const { spec, status, metadata } = deployment;
  const type = 'Progressing';
  if (spec.paused)
    return { type, status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' };
  const reference = next ? `ReplicaSet "${next.metadata.name}"` : `Deployment "${metadata.name}"`;
  const reason = progressCondition(status.conditions)?.reason;
  const settled = reason === 'NewReplicaSetAvailable' && counts.replicas === counts.updatedReplicas;
  if (settled || isFinished(deployment, counts)) {
    return {
      type,
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `${reference} has successfully progressed.`,
    };
  }
  const late =
    reason === 'ProgressDeadlineExceeded' || Date.parse(now) >= (progressDeadline(deployment) ?? Infinity);
  return late && !moving
    ? {
        type,
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: `${reference} has timed out progressing.`,
      }
    : { type, status: 'True', reason: 'ReplicaSetUpdated', message: `${reference} is progressing.` };
}

function isFinished({ spec }: Deployment, { replicas, updatedReplicas, availableReplicas }: Counts): boolean {
  return [replicas, updatedReplicas, availableReplicas].every((count) => count === spec.replicas);
}

/** More new, ready or available Pods, or fewer old ones, than the status says. */
function isMoving({ status }: Deployment, counts: Counts): boolean {
  return (
    counts.updatedReplicas > status.updatedReplicas ||
    counts.readyReplicas > status.readyReplicas ||
    counts.availableReplicas > status.availableReplicas ||
    counts.replicas - counts.updatedReplicas < status.replicas - status.updatedReplicas
  );
}

function progressCondition(conditions: readonly PodCondition[]): PodCondition | undefined {
  return conditions.find(({ type }) => type === 'Progressing');
}

/** A condition with its times: unchanged unless it says something else, or `touched` says that it was confirmed. */
function stamped(
  condition: PodCondition,
  before: readonly PodCondition[],
  now: string,
  touched = false,
): PodCondition {
  const last = before.find(({ type }) => type === condition.type);
  const same = last?.status === condition.status;
  if (last && same && !touched && last.reason === condition.reason && last.message === condition.message)
    return last;
  return {
    ...condition,
    lastUpdateTime: now,
    lastTransitionTime: same ? (last.lastTransitionTime ?? now) : now,
  };
}

/** In Kubernetes' JSON a count of 0 is absent. */
function withoutZeros(counts: Readonly<Record<string, number>>): Record<string, number | undefined> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count || undefined]));
}

function total(
  sets: readonly ReplicaSet[],
  field: keyof ReplicaSet['status'] & ('replicas' | 'readyReplicas' | 'availableReplicas'),
): number {
  return sets.reduce((sum, { status }) => sum + status[field], 0);
}
