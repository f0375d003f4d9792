import { z } from 'zod';
import { conditionIn, type ObjectView, type Readiness, ready, waiting } from './object-view.ts';

/** Deployments, StatefulSets and DaemonSets, by the rules of `kubectl rollout status` and close to its words. */

const count = z.number().catch(0);

const deploymentSchema = z.object({
  spec: z.object({ replicas: z.number().catch(1) }).catch({ replicas: 1 }),
  status: z
    .object({ replicas: count, updatedReplicas: count, availableReplicas: count })
    .catch({ replicas: 0, updatedReplicas: 0, availableReplicas: 0 }),
});

export function deployment(view: ObjectView): Readiness {
  const { spec, status } = deploymentSchema.parse(view);
  const unseen = unobserved(view);
  if (unseen) return unseen;
  const left = deploymentLeft(spec.replicas, status);
  if (left === undefined)
    return ready(`${view.label} is rolled out: ${available(status.availableReplicas, spec.replicas)}`);
  const isLate = conditionIn(view, 'Progressing')?.reason === 'ProgressDeadlineExceeded';
  return waiting(`${view.label}${isLate ? ' exceeded its progress deadline' : ''}: ${left}`);
}

/** What is left to do of a rollout, or undefined. */
function deploymentLeft(
  wanted: number,
  { replicas, updatedReplicas, availableReplicas }: z.infer<typeof deploymentSchema>['status'],
): string | undefined {
  if (updatedReplicas < wanted) return `${updatedReplicas} of ${wanted} replicas are updated`;
  if (replicas > updatedReplicas) return `${replicas - updatedReplicas} old replicas are pending termination`;
  if (availableReplicas < updatedReplicas)
    return `${availableReplicas} of ${updatedReplicas} updated replicas are available`;
  return undefined;
}

const available = (number: number, of: number): string => `${number} of ${of} replicas are available`;

const strategySchema = z
  .object({
    type: z.string().catch('RollingUpdate'),
    rollingUpdate: z.object({ partition: count }).catch({ partition: 0 }),
  })
  .catch({ type: 'RollingUpdate', rollingUpdate: { partition: 0 } });

const statefulSetSchema = z.object({
  spec: z
    .object({ replicas: z.number().catch(1), updateStrategy: strategySchema })
    .catch({ replicas: 1, updateStrategy: strategySchema.parse(undefined) }),
  status: z
    .object({
      readyReplicas: count,
      updatedReplicas: count,
      currentRevision: z.string().catch(''),
      updateRevision: z.string().catch(''),
    })
    .catch({ readyReplicas: 0, updatedReplicas: 0, currentRevision: '', updateRevision: '' }),
});

export function statefulSet(view: ObjectView): Readiness {
  const { spec, status } = statefulSetSchema.parse(view);
  const unseen = unobserved(view);
  if (unseen) return unseen;
  if (status.readyReplicas < spec.replicas) {
    return waiting(`${view.label}: ${status.readyReplicas} of ${spec.replicas} replicas are ready`);
  }
  const left = spec.updateStrategy.type === 'OnDelete' ? undefined : statefulSetLeft(spec, status);
  if (left !== undefined) return waiting(`${view.label}: ${left}`);
  return ready(`${view.label} is rolled out: ${status.readyReplicas} of ${spec.replicas} replicas are ready`);
}

type StatefulSet = z.infer<typeof statefulSetSchema>;

/** Below the partition, replicas keep the old revision; without one, the last step of a rollout is the revision's name. */
function statefulSetLeft(spec: StatefulSet['spec'], status: StatefulSet['status']): string | undefined {
  const { partition } = spec.updateStrategy.rollingUpdate;
  const wanted = spec.replicas - partition;
  const isDone =
    partition > 0 ? status.updatedReplicas >= wanted : status.updateRevision === status.currentRevision;
  return isDone ? undefined : `${status.updatedReplicas} of ${wanted} replicas are updated`;
}

const daemonSetSchema = z.object({
  spec: z
    .object({ updateStrategy: strategySchema })
    .catch({ updateStrategy: strategySchema.parse(undefined) }),
  status: z
    .object({ desiredNumberScheduled: count, updatedNumberScheduled: count, numberAvailable: count })
    .catch({ desiredNumberScheduled: 0, updatedNumberScheduled: 0, numberAvailable: 0 }),
});

export function daemonSet(view: ObjectView): Readiness {
  const { spec, status } = daemonSetSchema.parse(view);
  const unseen = unobserved(view);
  if (unseen) return unseen;
  const { desiredNumberScheduled: wanted, updatedNumberScheduled: updated, numberAvailable } = status;
  if (spec.updateStrategy.type !== 'OnDelete' && updated < wanted) {
    return waiting(`${view.label}: ${updated} of ${wanted} Pods are updated`);
  }
  if (numberAvailable < wanted)
    return waiting(`${view.label}: ${numberAvailable} of ${wanted} Pods are available`);
  return ready(`${view.label} is rolled out: ${numberAvailable} of ${wanted} Pods are available`);
}

/** A controller that has not seen the latest spec, or nothing yet, says nothing of it. */
function unobserved({ label, generation, observedGeneration = 0 }: ObjectView): Readiness | undefined {
  if (observedGeneration > 0 && observedGeneration >= generation) return undefined;
  return waiting(`${label}: its spec update is yet to be observed`, 'StatusOutdated');
}
