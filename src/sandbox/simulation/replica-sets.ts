import type { KubeObject } from '../cluster.ts';
import { keyOf } from './collection.ts';
import { startLoop } from './loop.ts';
import { isTrue, type Pod, type ReplicaSet } from './objects.ts';
import { controllerReference, ownerKey } from './owner.ts';
import type { SimulatedWorld } from './world.ts';

/** The letters of generated names: Kubernetes leaves out vowels and digits that could be read as words or each other. */
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** The ReplicaSet controller: as many Pods of a template as it is told. */
export function startReplicaSets(world: SimulatedWorld): void {
  const { replicaSets, pods } = world;
  const loop = startLoop(sync, world);
  replicaSets.listen((set) => loop.add(keyOf(set)));
  pods.listen((pod) => {
    const key = ownerKey(pod, 'ReplicaSet');
    if (key) loop.add(key);
  });

  async function sync(key: string): Promise<void> {
    const set = replicaSets.get(key);
    if (!set || set.metadata.deletionTimestamp) return;
    const active = pods.ownedBy(set).filter((pod) => !pod.metadata.deletionTimestamp && !hasEnded(pod));
    for (let n = active.length; n < set.spec.replicas; n++) await pods.create(newPod(set, world.random));
    for (const pod of victims(active, active.length - set.spec.replicas)) await pods.delete(pod);
    await replicaSets.setStatus(set, replicaSetStatus(set, active));
  }
}

/** Which Pods a smaller ReplicaSet gives up: unbound before bound, not ready before ready, then the youngest. */
export function victims(pods: readonly Pod[], count: number): readonly Pod[] {
  const worth = (pod: Pod) => (pod.spec.nodeName ? 1 : 0) + (isTrue(pod.status.conditions, 'Ready') ? 2 : 0);
  const younger = (a: Pod, b: Pod) =>
    Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp);
  return [...pods].sort((a, b) => worth(a) - worth(b) || younger(a, b)).slice(0, Math.max(0, count));
}

function replicaSetStatus({ metadata }: ReplicaSet, active: readonly Pod[]): Record<string, unknown> {
  const ready = active.filter((pod) => isTrue(pod.status.conditions, 'Ready')).length;
  return {
    observedGeneration: metadata.generation,
    replicas: active.length,
    fullyLabeledReplicas: active.length || undefined,
    readyReplicas: ready || undefined,
    availableReplicas: ready || undefined,
  };
}

function newPod({ metadata, spec }: ReplicaSet, random: () => number): KubeObject {
  const { name, namespace } = metadata;
  const suffix = Array.from(
    { length: 5 },
    () => NAME_LETTERS[Math.floor(random() * NAME_LETTERS.length)],
  ).join('');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...spec.template.metadata,
      name: `${name}-${suffix}`,
      generateName: `${name}-`,
      namespace,
      ownerReferences: [controllerReference('apps/v1', 'ReplicaSet', metadata)],
    },
    spec: spec.template.spec,
  };
}

function hasEnded({ status }: Pod): boolean {
  return status.phase === 'Failed' || status.phase === 'Succeeded';
}
