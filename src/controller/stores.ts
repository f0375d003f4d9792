import type { GateState } from '../api/metric-catalog.ts';
import {
  GATE_ANNOTATION_PREFIX,
  isGateName,
  MAX_GATES_OF_AN_OBJECT,
  targetAnnotationValue,
} from '../api/names.ts';
import { TARGET_KINDS, type TargetKind } from '../api/spec.ts';
import { gatesBefore } from '../core/evaluate/references.ts';
import type { Gate, Pod, Workload } from '../core/model.ts';
import { gatesIn } from '../core/render/inject.ts';
import { countStates } from '../core/status/gate-state.ts';
import { parseTarget, targetKeys } from '../core/targets.ts';
import { keyOf, type ObjectKey } from '../kube/object.ts';
import { Store } from '../kube/watch/store.ts';
import { type Reconciled, referenceTo, type WorkloadReference } from './reference.ts';
import { referencedKinds, referenceValues } from './referenced/reference-index.ts';

/**
 * What the operator knows of the cluster, indexed by what a reconcile asks for. Index values are `<namespace>/…`. Of what
 * others write into templates and Pods a bounded number of names is taken, and nothing is done about the names of gates
 * that do not exist: so indexes and the queue grow with objects, and not with names.
 */
export interface Stores {
  /**
   * `target`: `<namespace>/<Kind>/<name>` of each target. `before`: `<namespace>/<name>` of each gate that it waits for.
   * `kind` and `reference`: what it is evaluated by (see ReferencedWatches).
   */
  readonly gates: Store<Gate, 'target' | 'before' | 'kind' | 'reference'>;
  /** `gate`: `<namespace>/<gate>` of each gate that has left something in the template. */
  readonly workloads: Readonly<Record<TargetKind, Store<Workload, 'gate'>>>;
  /** `gate`: as above, by annotation; `target`: as of gates. */
  readonly pods: Store<Pod, 'gate' | 'target'>;
  /** Pods that require gates and carry none: held ones, and those made before the hold. */
  readonly ungated: Store<Pod, 'gate' | 'target'>;
}

export function createStores(): Stores {
  return {
    gates: new Store({
      target: targetsOf,
      before: gatesBeforeOf,
      kind: referencedKinds,
      reference: referenceValues,
    }),
    workloads: {
      Deployment: workloadStore(),
      StatefulSet: workloadStore(),
      DaemonSet: workloadStore(),
      Job: workloadStore(),
      CronJob: workloadStore(),
    },
    pods: podStore(),
    ungated: podStore(),
  };
}

function podStore(): Store<Pod, 'gate' | 'target'> {
  return new Store({
    gate: (pod: Pod) => gatesOf(pod).map((gate) => indexValue(pod, gate)),
    target: (pod: Pod) => [indexValue(pod, pod.target)],
  });
}

/** All that may have to be reconciled. */
export function everything(stores: Stores): Reconciled[] {
  const workloads = TARGET_KINDS.flatMap((kind) => [...stores.workloads[kind].values()]);
  return [
    ...[...stores.gates.values()].map(referenceTo),
    ...workloads.filter((one) => isConcerned(stores, one)).map(workloadReference),
  ];
}

/** Whether a workload, as it is or was, has to do with gates. */
export function isConcerned(stores: Stores, workload: Workload): boolean {
  const target = indexValue(workload, keyOfTarget(workload));
  return (
    workload.resumedBy !== undefined ||
    gatesIn(workload.template).size > 0 ||
    [stores.gates, stores.pods, stores.ungated].some((store) => store.byIndex('target', target).length > 0)
  );
}

function workloadStore(): Store<Workload, 'gate'> {
  return new Store({ gate: carriedBy });
}

function carriedBy(workload: Workload): string[] {
  return bounded([...gatesIn(workload.template)]).map((gate) => indexValue(workload, gate));
}

function bounded(names: readonly string[]): readonly string[] {
  return names.slice(0, MAX_GATES_OF_AN_OBJECT);
}

/** What an index finds something of a namespace by. */
export function indexValue({ namespace }: Pick<ObjectKey, 'namespace'>, name: string): string {
  return `${namespace}/${name}`;
}

export function workloadReference({ kind, namespace, name }: Workload): WorkloadReference {
  return { kind, namespace, name };
}

/**
 * The workload that a Pod is really of: the one that owns it, by UIDs as far as these are watched. A Pod that only looks
 * like one of its own, or is of another that had its name, has none. A Deployment's ReplicaSets are not watched: they have
 * its name.
 */
export function workloadOf(stores: Stores, pod: Pod): Workload | undefined {
  const workload = workloadNamed(stores, pod.namespace, pod.target);
  if (workload === undefined) return undefined;
  return isOwner(stores, workload, pod) ? workload : undefined;
}

function isOwner({ workloads }: Stores, { kind, uid }: Workload, { namespace, owner }: Pod): boolean {
  if (kind === 'Deployment') return true;
  if (kind !== 'CronJob') return owner.uid === uid;
  const job = workloads.Job.get(keyOf({ namespace, name: owner.name }));
  return job?.uid === owner.uid && job.ownerUid === uid;
}

/** The workload that a Pod or a gate names as `<Kind>/<name>`, where it exists. */
export function workloadNamed(
  { workloads }: Pick<Stores, 'workloads'>,
  namespace: string,
  target: string,
): Workload | undefined {
  const named = parseTarget(target);
  return named && workloads[named.kind].get(keyOf({ namespace, name: named.name }));
}

function targetsOf(gate: Gate): string[] {
  return [...targetKeys(gate)].map((target) => indexValue(gate, target));
}

function gatesBeforeOf(gate: Gate): string[] {
  return gate.spec.valid ? gatesBefore(gate.spec.value).map((name) => indexValue(gate, name)) : [];
}

/** The gates that a Pod carries, and those that it requires. */
export function gatesOf(pod: Pod): readonly string[] {
  const carried = Object.keys(pod.annotations)
    .filter((key) => key.startsWith(GATE_ANNOTATION_PREFIX))
    .map((key) => key.slice(GATE_ANNOTATION_PREFIX.length));
  return bounded([...new Set([...pod.required, ...carried])].filter(isGateName));
}

/** Pods that are held now. */
export function countHeld({ pods, ungated }: Stores): number {
  return [...pods.values(), ...ungated.values()].filter(({ held }) => held).length;
}

/** How many gates of each state there are, by namespace. */
export function countGates({ gates }: Stores): ReadonlyMap<string, Readonly<Record<GateState, number>>> {
  const byNamespace = Map.groupBy(gates.values(), ({ namespace }) => namespace);
  return new Map([...byNamespace].map(([namespace, own]) => [namespace, countStates(own)]));
}

/** Dependencies of all gates that need a person's look, as their statuses tell. */
export function countDependencies({ gates }: Stores): { readonly overdue: number; readonly failed: number } {
  const all = [...gates.values()].flatMap(({ status }) => status.dependencies ?? []);
  return {
    overdue: all.filter(({ overdue }) => overdue).length,
    failed: all.filter(({ state }) => state === 'Failed').length,
  };
}

export function keyOfTarget({ kind, name }: Workload): string {
  return targetAnnotationValue(kind, name);
}
