import { targetAnnotationValue } from '../api/names.ts';
import { TARGET_KINDS, type TargetKind } from '../api/spec.ts';
import type { Gate, Pod, Settings, Workload, World } from '../core/model.ts';
import { keyOf } from '../kube/object.ts';
import type { Memory, VersionOf } from './memory.ts';
import type { Stores } from './stores.ts';

/** The world of one gate, from the stores only; undefined where there is no such gate. */
export function observe(stores: Stores, memory: Memory, settings: Settings, key: string): World | undefined {
  const gate = stores.gates.get(key);
  if (!gate) return undefined;
  const pods = podsOf(stores, gate);
  return { gate, workloads: workloadsOf(stores, gate, pods), pods, ...memory.recall(key), settings };
}

/** Pods that carry the gate, and those of its targets that do not. */
function podsOf(stores: Stores, gate: Gate): Pod[] {
  const carrying = stores.pods.byIndex('gate', keyOf(gate));
  const ofTargets = targetsOf(gate).flatMap((target) =>
    stores.pods.byIndex('target', `${gate.namespace}/${target}`),
  );
  return [...new Set([...carrying, ...ofTargets])];
}

function workloadsOf(stores: Stores, gate: Gate, pods: readonly Pod[]): Map<string, Workload> {
  const named = [...targetsOf(gate), ...pods.map(({ target }) => target)];
  const found = named.flatMap((target) => workload(stores, gate.namespace, target) ?? []);
  const carriers = TARGET_KINDS.flatMap((kind) => stores.workloads[kind].byIndex('gate', keyOf(gate)));
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

function targetsOf({ spec }: Gate): string[] {
  if (!spec.valid) return [];
  return spec.value.targets.map(({ kind = 'Deployment', name }) => targetAnnotationValue(kind, name));
}

/** Finds the stored version of what a write of ours has changed: `<Kind>/<namespace>/<name>`. */
export function versionIn(stores: Stores): VersionOf {
  return (object) => {
    const at = object.indexOf('/');
    const [kind, key] = [object.slice(0, at), object.slice(at + 1)];
    if (kind === 'DependencyGate') return stores.gates.get(key);
    if (kind === 'Pod') return stores.pods.get(key);
    return storeOf(stores, kind)?.get(key);
  };
}
