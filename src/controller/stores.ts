import { GATE_ANNOTATION_PREFIX, targetAnnotationValue } from '../api/names.ts';
import { TARGET_KINDS, type TargetKind } from '../api/spec.ts';
import { gatesBefore } from '../core/evaluate/subjects.ts';
import type { Gate, Pod, Workload } from '../core/model.ts';
import { gatesIn } from '../core/render/inject.ts';
import { targetKeys } from '../core/targets.ts';
import { Store } from '../kube/watch/store.ts';
import { referencedKinds, referenceValues } from './referenced/reference-index.ts';

/** What the operator knows of the cluster, indexed by what a pass asks for. Index values are `<namespace>/…`. */
export interface Stores {
  /**
   * `target`: `<namespace>/<Kind>/<name>` of each target. `before`: `<namespace>/<name>` of each gate that it waits for.
   * `kind` and `subject`: what it is judged by (see SubjectWatches).
   */
  readonly gates: Store<Gate, 'target' | 'before' | 'kind' | 'subject'>;
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
      subject: referenceValues,
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
    gate: (pod: Pod) => gatesOf(pod).map((gate) => `${pod.namespace}/${gate}`),
    target: (pod: Pod) => [`${pod.namespace}/${pod.target}`],
  });
}

/** The keys of all gates that exist, or of which something stands in a workload or a Pod. */
export function knownGates({ gates, workloads, pods, ungated }: Stores): Set<string> {
  const named = [...gates.values()].map(({ namespace, name }) => `${namespace}/${name}`);
  const carried = TARGET_KINDS.flatMap((kind) => [...workloads[kind].values()].flatMap(carriedBy));
  const required = [...pods.values(), ...ungated.values()].flatMap((pod) =>
    gatesOf(pod).map((gate) => `${pod.namespace}/${gate}`),
  );
  return new Set([...named, ...carried, ...required]);
}

function workloadStore(): Store<Workload, 'gate'> {
  return new Store({ gate: carriedBy });
}

function carriedBy({ namespace, template }: Workload): string[] {
  return [...gatesIn(template)].map((gate) => `${namespace}/${gate}`);
}

function targetsOf(gate: Gate): string[] {
  return [...targetKeys(gate)].map((target) => `${gate.namespace}/${target}`);
}

function gatesBeforeOf({ namespace, spec }: Gate): string[] {
  return spec.valid ? gatesBefore(spec.value).map((name) => `${namespace}/${name}`) : [];
}

/** The gate itself, and all that wait for it, or for one that does: a cycle ends for each of them. */
function affectedByGate({ gates }: Stores, key: string): Set<string> {
  const affected = new Set([key]);
  for (const one of affected) {
    for (const { namespace, name } of gates.byIndex('before', one)) affected.add(`${namespace}/${name}`);
  }
  return affected;
}

/** The gates that a Pod carries, and those that it requires. */
function gatesOf(pod: Pod): string[] {
  const carried = Object.keys(pod.annotations)
    .filter((key) => key.startsWith(GATE_ANNOTATION_PREFIX))
    .map((key) => key.slice(GATE_ANNOTATION_PREFIX.length));
  return [...new Set([...carried, ...pod.required])];
}

/** Pods that are held now. */
export function countHeld({ pods, ungated }: Stores): number {
  return [...pods.values(), ...ungated.values()].filter(({ held }) => held).length;
}

/** Dependencies of all gates that need a person's look, as their statuses tell. */
export function countDependencies({ gates }: Stores): { readonly overdue: number; readonly failed: number } {
  const all = [...gates.values()].flatMap(({ status }) => status.dependencies ?? []);
  return {
    overdue: all.filter(({ overdue }) => overdue).length,
    failed: all.filter(({ state }) => state === 'Failed').length,
  };
}

/** Says which gates a change may matter to: `initial` is true for what was there before the operator looked. */
export type OnAffected = (gateKey: string, initial: boolean) => void;

/** Turns every change of a store into the keys of the gates that it may matter to. */
export function subscribe(stores: Stores, onAffected: OnAffected): void {
  stores.gates.subscribe(({ key, initial }) => {
    for (const one of affectedByGate(stores, key)) onAffected(one, initial);
  });
  for (const kind of TARGET_KINDS) {
    stores.workloads[kind].subscribe(({ before, after, initial }) => {
      for (const key of affectedByWorkload(stores, before, after)) onAffected(key, initial);
    });
  }
  for (const pods of [stores.pods, stores.ungated]) {
    pods.subscribe(({ before, after, initial }) => {
      for (const key of affectedByPod(stores, before, after)) onAffected(key, initial);
    });
  }
}

function affectedByWorkload(
  stores: Stores,
  before: Workload | undefined,
  after: Workload | undefined,
): Set<string> {
  const versions = [before, after].filter((version) => version !== undefined);
  const targeting = versions.flatMap((workload) =>
    gatesTargeting(stores, workload.namespace, keyOfTarget(workload)),
  );
  return new Set([...targeting, ...versions.flatMap(carriedBy)]);
}

function affectedByPod(stores: Stores, before: Pod | undefined, after: Pod | undefined): Set<string> {
  const versions = [before, after].filter((version) => version !== undefined);
  const named = versions.flatMap((pod) => gatesOf(pod).map((gate) => `${pod.namespace}/${gate}`));
  return new Set([...named, ...versions.flatMap((pod) => gatesTargeting(stores, pod.namespace, pod.target))]);
}

function gatesTargeting(stores: Stores, namespace: string, target: string): string[] {
  return stores.gates.byIndex('target', `${namespace}/${target}`).map(({ name }) => `${namespace}/${name}`);
}

function keyOfTarget({ kind, name }: Workload): string {
  return targetAnnotationValue(kind, name);
}
