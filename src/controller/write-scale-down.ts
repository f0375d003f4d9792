import { z } from 'zod';
import { FIELD_MANAGER, GATE_ANNOTATION_PREFIX, HOLD_GATE } from '../api/names.ts';
import type { ScaleDown, ScaleDownEmpty } from '../core/plan/plan.ts';
import type { Requests } from '../kube/client/requests.ts';
import type { ObjectName } from '../kube/resource.ts';
import { PODS, REPLICA_SETS } from '../projections/resources.ts';
import type { WorkloadMemory } from './workload-memory.ts';
import { type Result, unlessGone, type Writing } from './write.ts';

export interface ScaleWriting extends Writing {
  readonly requests: Pick<Requests, 'get' | 'list' | 'patch' | 'delete'>;
  readonly memory: Pick<WorkloadMemory, 'triedToScaleDown'>;
}

/** A ReplicaSet as its `scale` subresource shows it: all that the operator may see of one. */
const scaleSchema = z.object({
  metadata: z.object({ uid: z.string(), resourceVersion: z.string() }),
  spec: z.object({ replicas: z.int().default(0) }).prefault({}),
  status: z.object({ selector: z.string().default('') }).prefault({}),
});

const podSchema = z.object({
  spec: z.object({ schedulingGates: z.array(z.object({ name: z.string() })).default([]) }),
});

/**
 * Scales a ReplicaSet to zero, once the API server itself says that it is the one that was evaluated and that all its Pods
 * are held: the stores may be behind, and a Pod that somebody let go runs until its Deployment replaces it.
 */
export function scaleDown(writing: ScaleWriting, { workload, replicaSet }: ScaleDown): Promise<Result> {
  const { requests, memory, clock } = writing;
  const target = { namespace: workload.namespace, name: replicaSet.name };
  return unlessGone(async () => {
    const { metadata, spec, status } = scaleSchema.parse(await requests.get(REPLICA_SETS, target, 'scale'));
    const isIt = metadata.uid === replicaSet.uid && spec.replicas > 0;
    const isHeld = isIt && (await areAllHeld(requests, workload.namespace, status.selector));
    if (isHeld) await setToZero(requests, target, metadata);
    memory.triedToScaleDown(replicaSet, clock.now());
    return isHeld ? 'done' : 'gone';
  });
}

/** Of a ReplicaSet what tells whether it wants Pods, has none, and is of a template before the gates. */
const replicaSetSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
  }),
  spec: z.object({
    replicas: z.int().default(1),
    template: z
      .object({
        metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }).prefault({}),
      })
      .prefault({}),
  }),
  status: z.object({ replicas: z.int().default(0) }).prefault({}),
});

type ReplicaSet = z.infer<typeof replicaSetSchema>;

/** Scales to zero what the API server itself says to be older, to want Pods, and to have none. */
export function scaleDownEmpty(writing: ScaleWriting, { workload }: ScaleDownEmpty): Promise<Result> {
  const { requests, memory, clock } = writing;
  const { namespace, uid, selector } = workload;
  return unlessGone(async () => {
    const { items } = await requests.list(REPLICA_SETS, { namespace, labelSelector: selector });
    const found = items.map((item) => replicaSetSchema.parse(item)).filter((one) => isEmptyOf(uid, one));
    for (const { metadata } of found) {
      await setToZero(requests, { namespace, name: metadata.name }, metadata);
    }
    memory.triedToScaleDown(workload, clock.now());
    return found.length > 0 ? 'done' : 'gone';
  });
}

function isEmptyOf(uid: string, { metadata, spec, status }: ReplicaSet): boolean {
  const isOfGates = Object.keys(spec.template.metadata.annotations).some((key) =>
    key.startsWith(GATE_ANNOTATION_PREFIX),
  );
  const isOwned = metadata.ownerReferences.some((owner) => owner.uid === uid);
  return isOwned && !isOfGates && spec.replicas > 0 && status.replicas === 0;
}

const SCALE = { type: 'merge', subresource: 'scale', fieldManager: FIELD_MANAGER } as const;

/** Of the very version that was looked at. */
function setToZero(
  requests: Pick<Requests, 'patch'>,
  target: ObjectName,
  { uid, resourceVersion }: { readonly uid: string; readonly resourceVersion: string },
): Promise<unknown> {
  const body = { metadata: { uid, resourceVersion }, spec: { replicas: 0 } };
  return requests.patch(REPLICA_SETS, target, body, SCALE);
}

async function areAllHeld(
  requests: Pick<Requests, 'list'>,
  namespace: string,
  labelSelector: string,
): Promise<boolean> {
  if (labelSelector === '') return false;
  const { items } = await requests.list(PODS, { namespace, labelSelector });
  const isHeld = (item: unknown) =>
    podSchema.parse(item).spec.schedulingGates.some(({ name }) => name === HOLD_GATE);
  return items.length > 0 && items.every(isHeld);
}
