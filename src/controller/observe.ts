import { KIND } from '../api/names.ts';
import { TARGET_KINDS, type TargetKind } from '../api/spec.ts';
import type { Placing, Pod, Settings, Workload } from '../core/model.ts';
import { gatesInPod } from '../core/plan/clean-up.ts';
import { countedText } from '../core/progress/ungated.ts';
import { gatesIn } from '../core/render/inject.ts';
import { targetKeys } from '../core/targets.ts';
import type { WorkloadWorld, World } from '../core/world.ts';
import { keyOf, type ObjectKey } from '../kube/object.ts';
import type { VersionOf } from './expectations.ts';
import type { Memory } from './memory.ts';
import { referenceTo, type WorkloadReference } from './reference.ts';
import { observationsOf, type Watched } from './referenced/observations.ts';
import {
  indexValue,
  keyOfTarget,
  type Stores,
  workloadNamed,
  workloadOf,
  workloadReference,
} from './stores.ts';

/** What a reconcile is told besides the stores. */
export interface ReconcileSurroundings {
  readonly memory: Memory;
  readonly settings: Settings;
  readonly firstStarts: World['firstStarts'];
  readonly foreignPolicies: World['foreignPolicies'];
  readonly olderCrd: World['olderCrd'];
  readonly idleAdmission: World['idleAdmission'];
  readonly placing: World['placing'];
  readonly referenced: Watched['referenced'];
}

/** The world of one gate, from the stores only; undefined where there is no such gate. */
export function observe(
  stores: Stores,
  { memory, settings, referenced, olderCrd, ...admission }: ReconcileSurroundings,
  key: ObjectKey,
  now: number,
): World | undefined {
  const gate = stores.gates.get(keyOf(key));
  if (!gate) return undefined;
  const targets = [...targetKeys(gate)];
  const pods = podsOf(stores, key, targets);
  const workloads = workloadsOf(stores, key, new Set([...targets, ...pods.map(({ target }) => target)]));
  const observations = observationsOf({ gates: stores.gates, referenced }, gate);
  const { firstStarts, foreignPolicies, idleAdmission, placing } = admission;
  const part = memory.gates.of(referenceTo(key));
  const { inForceSince } = part.know(gate, now);
  const countedSince = part.count(countedTexts(key.name, targets, workloads, pods), now);
  const { triedRender, refusals, openings, comparisons } = part;
  const patched = [...workloads.values()].flatMap(
    (one) => memory.workloads.peek(workloadReference(one)) ?? [],
  );
  return {
    ...{ gate, workloads, pods, observations, triedRender, openings, settings },
    ...{ firstStarts, foreignPolicies, idleAdmission, placing, olderCrd },
    ...{ inForceSince, countedSince, comparisons },
    refusals: [...refusals, ...patched.flatMap((one) => one.refusals)],
    repairs: patched.flatMap((one) => one.repairs),
    othersFirst: patched.flatMap((one) => one.othersFirst),
  };
}

function countedTexts(
  gate: string,
  targets: readonly string[],
  workloads: World['workloads'],
  pods: readonly Pod[],
): Map<string, string> {
  return new Map(
    targets.flatMap((target) => {
      const workload = workloads.get(target);
      return workload ? [[target, countedText(gate, target, workload, pods)]] : [];
    }),
  );
}

/** Every kind is told of. */
const NOT_PLACING: Placing = { isThere: false, why: '' };

/** The world of one workload, from the stores only; undefined where there is no such workload. */
export function observeWorkload(
  stores: Stores,
  { memory, placing }: Pick<ReconcileSurroundings, 'memory' | 'placing'>,
  reference: WorkloadReference,
  now: number,
): WorkloadWorld | undefined {
  const workload = stores.workloads[reference.kind].get(keyOf(reference));
  if (!workload) return undefined;
  const target = indexValue(workload, keyOfTarget(workload));
  const pods = [stores.pods, stores.ungated]
    .flatMap((store) => store.byIndex('target', target))
    .filter((pod) => workloadOf(stores, pod) === workload);
  const named = new Set([
    ...gatesIn(workload.template),
    ...(workload.resumedBy ? workload.template.required : []),
    ...pods.flatMap((pod) => [...gatesInPod(pod), ...pod.required]),
  ]);
  const found = [...named].flatMap((name) => stores.gates.get(indexValue(workload, name)) ?? []);
  const gates = [...stores.gates.byIndex('target', target), ...found].map((gate) => {
    return [gate.name, memory.gates.of(referenceTo(gate)).know(gate, now)] as const;
  });
  const remembered = [...new Map(gates).values()].flatMap(
    ({ gate }) => memory.gates.peek(referenceTo(gate))?.refusals ?? [],
  );
  const { refusals, repairs, othersFirst, scaledDown } = memory.workloads.of(reference);
  return {
    ...{ workload, gates: new Map(gates), pods, repairs, othersFirst, scaledDown },
    placing: placing.get(workload.kind) ?? NOT_PLACING,
    refusals: [...refusals, ...remembered],
  };
}

/** Pods of workloads that carry the gate or require it, and those of its targets that do not. */
function podsOf(stores: Stores, key: ObjectKey, targets: readonly string[]): Pod[] {
  const found = [stores.pods, stores.ungated].flatMap((pods) => [
    ...pods.byIndex('gate', indexValue(key, key.name)),
    ...targets.flatMap((target) => pods.byIndex('target', indexValue(key, target))),
  ]);
  return [...new Set(found)].filter((pod) => workloadOf(stores, pod) !== undefined);
}

/** A Pod as it is now, or the gated Pods of a workload. */
export function podsAbout({ pods }: Stores, about: Pod | Workload): readonly Pod[] {
  if ('kind' in about) return pods.byIndex('target', indexValue(about, keyOfTarget(about)));
  const pod = pods.get(keyOf(about));
  return pod ? [pod] : [];
}

/** The workloads named, as far as they exist, and every other that carries the gate. */
function workloadsOf(stores: Stores, key: ObjectKey, named: ReadonlySet<string>): Map<string, Workload> {
  const found = [...named].flatMap((target) => workloadNamed(stores, key.namespace, target) ?? []);
  const carriers = TARGET_KINDS.flatMap((kind) =>
    stores.workloads[kind].byIndex('gate', indexValue(key, key.name)),
  );
  return new Map([...found, ...carriers].map((one) => [keyOfTarget(one), one]));
}

/** Finds the stored version of what a write of ours has changed. */
export function versionIn(stores: Stores): VersionOf {
  return ({ kind, ...key }) => {
    if (kind === KIND) return stores.gates.get(keyOf(key));
    if (kind === 'Pod') return stores.pods.get(keyOf(key)) ?? stores.ungated.get(keyOf(key));
    return storeOf(stores, kind)?.get(keyOf(key));
  };
}

function storeOf({ workloads }: Stores, kind: string): Stores['workloads'][TargetKind] | undefined {
  const known = TARGET_KINDS.find((one) => one === kind);
  return known && workloads[known];
}
