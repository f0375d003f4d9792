import { FINALIZER, TARGET_ANNOTATION } from '../api/names.ts';
import { TARGET_KINDS } from '../api/spec.ts';
import type { Gate, Pod, Workload } from '../core/model.ts';
import { gatesInPod } from '../core/plan/clean-up.ts';
import { isWaitingForImage } from '../core/progress/unpulled.ts';
import { gatesIn } from '../core/render/inject.ts';
import { renderIdentity } from '../core/render/render.ts';
import { targetKeys } from '../core/targets.ts';
import type { ObjectKey } from '../kube/object.ts';
import { idOf, type Reconciled, referenceTo } from './reference.ts';
import {
  gatesOf,
  indexValue,
  isConcerned,
  keyOfTarget,
  type Stores,
  workloadNamed,
  workloadReference,
} from './stores.ts';

/** Says what a change may matter to: `initial` is true for what was there before the operator looked. */
export type OnAffected = (affected: Reconciled, initial: boolean) => void;

/**
 * Turns every change of a store into the gates and workloads that it may matter to.
 *
 * @param isDecided whether a version of a gate brings what its last reconcile has decided: it is no reason to look again. Asked once of each
 */
export function subscribe(
  stores: Stores,
  onAffected: OnAffected,
  isDecided: (gate: Gate) => boolean = () => false,
): void {
  const tell = (all: readonly Reconciled[], initial: boolean) => {
    for (const one of new Map(all.map((one) => [idOf(one), one])).values()) onAffected(one, initial);
  };
  stores.gates.subscribe(({ before, after, initial }) => {
    const isAsDecided = after !== undefined && isLater(before, after) && isDecided(after);
    tell(affectedByGate(stores, before, after, !isAsDecided), initial);
  });
  for (const kind of TARGET_KINDS) {
    stores.workloads[kind].subscribe(({ before, after, initial }) => {
      tell(affectedByWorkload(stores, before, after), initial);
    });
  }
  for (const pods of [stores.pods, stores.ungated]) {
    pods.subscribe(({ before, after, initial }) => tell(affectedByPod(stores, before, after), initial));
  }
}

/** The gate itself where there is news of it, all that wait for it, and its workloads. */
function affectedByGate(
  stores: Stores,
  before: Gate | undefined,
  after: Gate | undefined,
  isNews: boolean,
): Reconciled[] {
  const versions = known(before, after);
  const itself = versions.slice(0, 1);
  const gates = [...(isNews ? itself : []), ...itself.flatMap((gate) => waitingFor(stores, gate))];
  const workloads = isSameForWorkloads(before, after)
    ? []
    : versions.flatMap((gate) => workloadsOf(stores, gate));
  return [...gates.map(referenceTo), ...workloads.map(workloadReference)];
}

/** The gates that wait for a gate or for one that does: in a cycle itself too, since it ends for each of them. */
function waitingFor({ gates }: Stores, gate: Gate): Gate[] {
  const found = new Set(gates.byIndex('before', indexValue(gate, gate.name)));
  for (const one of found)
    for (const next of gates.byIndex('before', indexValue(one, one.name))) found.add(next);
  return [...found];
}

/** Where a version is told of once more, more of it is shown than before, whatever its generation says. */
function isLater(before: Gate | undefined, after: Gate | undefined): boolean {
  return before?.uid === after?.uid && before?.resourceVersion !== after?.resourceVersion;
}

/** Of a gate its status changes most, and of that only the render matters to workloads. */
function isSameForWorkloads(before: Gate | undefined, after: Gate | undefined): boolean {
  const isHeld = (gate: Gate | undefined) => gate?.finalizers.includes(FINALIZER);
  return (
    isLater(before, after) &&
    before?.generation === after?.generation &&
    before?.deleting === after?.deleting &&
    isHeld(before) === isHeld(after) &&
    renderIdentity(before?.status.render) === renderIdentity(after?.status.render)
  );
}

/** What a gate names, what carries it, and what has Pods that carry or require it; as far as it exists. */
function workloadsOf(stores: Stores, gate: Gate): Workload[] {
  const value = indexValue(gate, gate.name);
  const pods = [stores.pods, stores.ungated].flatMap((store) => store.byIndex('gate', value));
  const named = [...targetKeys(gate), ...pods.map(({ target }) => target)];
  return [
    ...named.flatMap((target) => workloadNamed(stores, gate.namespace, target) ?? []),
    ...TARGET_KINDS.flatMap((kind) => stores.workloads[kind].byIndex('gate', value)),
  ];
}

/**
 * The workload itself, where it has to do with gates, the gates that name it, and those that it carries or carried. Which
 * Pods a CronJob owns is known by its Jobs.
 */
function affectedByWorkload(
  stores: Stores,
  before: Workload | undefined,
  after: Workload | undefined,
): Reconciled[] {
  const versions = known(before, after);
  const isMine = !after || versions.some((version) => isConcerned(stores, version));
  const gates = versions.flatMap((workload) => [
    ...gatesTargeting(stores, workload, keyOfTarget(workload)),
    ...gatesNamed(stores, workload, [...gatesIn(workload.template)]),
  ]);
  const workloads = [
    ...versions.slice(0, isMine ? 1 : 0),
    ...versions.flatMap((one) => cronJobOf(stores, one) ?? []),
  ];
  return [...gates.map(referenceTo), ...workloads.map(workloadReference)];
}

/** The CronJob that a Job says it is of, where that has to do with gates. */
function cronJobOf(stores: Stores, { kind, namespace, ownerUid, template }: Workload): Workload | undefined {
  if (kind !== 'Job' || ownerUid === '') return undefined;
  return workloadNamed(stores, namespace, template.annotations[TARGET_ANNOTATION] ?? '');
}

/** The gates that a Pod carries or requires, those that name its workload, and that where no gate of its cares for it. */
function affectedByPod(stores: Stores, before: Pod | undefined, after: Pod | undefined): Reconciled[] {
  const versions = known(before, after);
  const gates = versions.flatMap((pod) => [
    ...gatesNamed(stores, pod, gatesOf(pod)),
    ...gatesTargeting(stores, pod, pod.target),
  ]);
  const workloads = versions
    .filter((pod) => isWorkloads(stores, pod))
    .flatMap((pod) => workloadNamed(stores, pod.namespace, pod.target) ?? []);
  return [...gates.map(referenceTo), ...workloads.map(workloadReference)];
}

/** A Pod that is held, that waits for an image in vain, or that a gate is before which leaves the workload, or does not exist. */
function isWorkloads(stores: Stores, pod: Pod): boolean {
  return (
    pod.held ||
    isWaitingForImage(pod) ||
    gatesInPod(pod).some((name) => {
      const [gate] = gatesNamed(stores, pod, [name]);
      return !gate || gate.deleting || !targetKeys(gate).has(pod.target);
    })
  );
}

/** Those that exist: nothing is done about names that others write. */
function gatesNamed({ gates }: Stores, { namespace }: ObjectKey, names: readonly string[]): Gate[] {
  return names.flatMap((name) => gates.get(indexValue({ namespace }, name)) ?? []);
}

function gatesTargeting({ gates }: Stores, of: ObjectKey, target: string): readonly Gate[] {
  return gates.byIndex('target', indexValue(of, target));
}

function known<T>(...versions: readonly (T | undefined)[]): T[] {
  return versions.filter((version) => version !== undefined);
}
