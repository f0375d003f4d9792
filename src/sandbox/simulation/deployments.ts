import { fingerprint } from '../../core/canonical.ts';
import type { KubeObject } from '../cluster.ts';
import { keyOf } from './collection.ts';
import { deploymentStatus, progressDeadline } from './deployment-status.ts';
import { startLoop } from './loop.ts';
import type { Deployment, ReplicaSet } from './objects.ts';
import { controllerReference, ownerKey } from './owner.ts';
import { bounds, planPaused, planRecreate, planRollingUpdate, replicasOf } from './rollout.ts';
import { timestamp } from './simulated-clock.ts';
import type { SimulatedWorld } from './world.ts';

const HASH_LABEL = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';

/** The Deployment controller: a ReplicaSet per template, and how many Pods each is to have. */
export function startDeployments(world: SimulatedWorld): void {
  const { deployments, replicaSets } = world;
  const loop = startLoop(sync, world);
  deployments.listen((deployment) => loop.add(keyOf(deployment)));
  replicaSets.listen((set) => {
    const key = ownerKey(set, 'Deployment');
    if (key) loop.add(key);
  });

  async function sync(key: string): Promise<number | undefined> {
    const deployment = deployments.get(key);
    if (!deployment || deployment.metadata.deletionTimestamp) return undefined;
    await roll(deployment, replicaSets.ownedBy(deployment).sort(byRevision));
    return progressDeadline(deployments.get(key) ?? deployment);
  }

  /** One step: make the new set, or give it its revision, or change the sets' sizes; then say how it stands. */
  async function roll(deployment: Deployment, sets: readonly ReplicaSet[]): Promise<void> {
    const hash = templateHash(deployment);
    const next = sets.find((set) => set.metadata.labels[HASH_LABEL] === hash);
    const revision = String(nextRevision(sets, next));
    if (!next && !deployment.spec.paused)
      return replicaSets.create(newReplicaSet(deployment, hash, revision));
    if (next && next.metadata.annotations[REVISION] !== revision) {
      return replicaSets.patch(next, { metadata: { annotations: { [REVISION]: revision } } });
    }
    if (next && deployment.metadata.annotations[REVISION] !== revision) {
      // Among the status, as the real controller does: any other write of annotations counts as a new generation.
      return deployments.patch(deployment, { metadata: { annotations: { [REVISION]: revision } } }, 'status');
    }
    for (const [name, replicas] of plan(deployment, next, sets)) {
      const set = sets.find(({ metadata }) => metadata.name === name);
      if (set) await replicaSets.patch(set, { spec: { replicas } });
    }
    for (const set of surplus(deployment, next, sets)) await replicaSets.delete(set);
    await deployments.setStatus(deployment, deploymentStatus(deployment, next, sets, timestamp(world.clock)));
  }
}

/** The label by which a Deployment's ReplicaSets are told apart: equal templates have equal hashes. */
function templateHash({ spec }: Deployment): string {
  return fingerprint(spec.template).slice(0, 10);
}

function plan(
  { spec, ...deployment }: Deployment,
  next: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
): ReadonlyMap<string, number> {
  if (!next || spec.paused) return planPaused(spec.replicas, sets.map(replicasOf));
  const old = sets.filter((set) => set !== next).map(replicasOf);
  return spec.strategy.type === 'Recreate'
    ? planRecreate(spec.replicas, replicasOf(next), old)
    : planRollingUpdate(spec.replicas, bounds({ spec, ...deployment }), replicasOf(next), old);
}

/** The old sets past the history's limit, once the rollout is through; those that still have Pods stay. */
function surplus(
  { spec }: Deployment,
  next: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
): readonly ReplicaSet[] {
  const old = sets.filter((set) => set !== next);
  const empty = old.filter((set) => set.spec.replicas === 0 && set.status.replicas === 0);
  return next && empty.length === old.length
    ? empty.slice(0, Math.max(0, empty.length - spec.revisionHistoryLimit))
    : [];
}

/** The newest revision is the current template's: going back to an older template makes its set the newest again. */
function nextRevision(sets: readonly ReplicaSet[], next: ReplicaSet | undefined): number {
  const newestOther = Math.max(0, ...sets.filter((set) => set !== next).map(revisionOf));
  return next && revisionOf(next) > newestOther ? revisionOf(next) : newestOther + 1;
}

function revisionOf({ metadata }: ReplicaSet): number {
  return Number(metadata.annotations[REVISION] ?? 0);
}

function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  return revisionOf(a) - revisionOf(b);
}

function newReplicaSet({ metadata, spec }: Deployment, hash: string, revision: string): KubeObject {
  const { name, namespace } = metadata;
  const labels = { ...spec.template.metadata.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { [REVISION]: revision },
      ownerReferences: [controllerReference('apps/v1', 'Deployment', metadata)],
    },
    spec: {
      replicas: 0,
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  };
}
