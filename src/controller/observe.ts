import { targetAnnotationValue } from '../api/names.ts';
import { TARGET_KINDS, type TargetKind } from '../api/spec.ts';
import type { Pod, Settings, Workload, World } from '../core/model.ts';
import type { Absent } from '../core/plan/orphans.ts';
import { targetKeys } from '../core/targets.ts';
import type { Memory, VersionOf } from './memory.ts';
import { sightingsOf, type Watched } from './referenced/sightings.ts';
import type { Stores } from './stores.ts';

/** What a pass is told besides the stores. */
export interface Surroundings {
  readonly memory: Memory;
  readonly settings: Settings;
  readonly hasAdmission: boolean;
  readonly idleAdmission: World['idleAdmission'];
  readonly subjects: Watched['subjects'];
}

/** The world of one gate, from the stores only; undefined where there is no such gate. */
export function observe(
  stores: Stores,
  { memory, settings, hasAdmission, idleAdmission, subjects }: Surroundings,
  key: string,
): World | undefined {
  const gate = stores.gates.get(key);
  if (!gate) return undefined;
  const targets = [...targetKeys(gate)];
  const pods = podsOf(stores, key, targets);
  const workloads = workloadsOf(stores, key, [...targets, ...pods.map(({ target }) => target)]);
  const sightings = sightingsOf({ gates: stores.gates, subjects }, gate);
  const admission = { hasAdmission, idleAdmission };
  return { gate, workloads, pods, sightings, ...memory.recall(key), ...admission, settings };
}

/** What stands in the cluster of a gate that does not exist. */
export function observeAbsent(stores: Stores, key: string): Absent {
  const pods = podsOf(stores, key, []);
  const workloads = workloadsOf(
    stores,
    key,
    pods.map(({ target }) => target),
  );
  return { gate: key.slice(key.indexOf('/') + 1), workloads: [...workloads.values()], pods };
}

/** Pods that carry the gate or require it, and those of its targets that do not. */
function podsOf(stores: Stores, key: string, targets: readonly string[]): Pod[] {
  const namespace = key.slice(0, key.indexOf('/'));
  const found = [stores.pods, stores.ungated].flatMap((pods) => [
    ...pods.byIndex('gate', key),
    ...targets.flatMap((target) => pods.byIndex('target', `${namespace}/${target}`)),
  ]);
  return [...new Set(found)];
}

/** The workloads named, as far as they exist, and every other that carries the gate. */
function workloadsOf(stores: Stores, key: string, named: readonly string[]): Map<string, Workload> {
  const namespace = key.slice(0, key.indexOf('/'));
  const found = named.flatMap((target) => workload(stores, namespace, target) ?? []);
  const carriers = TARGET_KINDS.flatMap((kind) => stores.workloads[kind].byIndex('gate', key));
  return new Map([...found, ...carriers].map((one) => [targetAnnotationValue(one.kind, one.name), one]));
}

function workload(stores: Stores, namespace: string, target: string): Workload | undefined {
  const [kind = '', name = ''] = target.split('/');
  return storeOf(stores, kind)?.get(`${namespace}/${name}`);
}

function storeOf(stores: Stores, kind: string): Stores['workloads'][TargetKind] | undefined {
  const known = TARGET_KINDS.find((one) => one === kind);
  return known && stores.workloads[known];
}

/** Finds the stored version of what a write of ours has changed: `<Kind>/<namespace>/<name>`. */
export function versionIn(stores: Stores): VersionOf {
  return (object) => {
    const at = object.indexOf('/');
    const [kind, key] = [object.slice(0, at), object.slice(at + 1)];
    if (kind === 'DependencyGate') return stores.gates.get(key);
    if (kind === 'Pod') return stores.pods.get(key) ?? stores.ungated.get(key);
    return storeOf(stores, kind)?.get(key);
  };
}
