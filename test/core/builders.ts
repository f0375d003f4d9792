import { targetAnnotationValue } from '../../src/api/names.ts';
import { TARGET_KINDS } from '../../src/api/spec.ts';
import type { Refusal } from '../../src/core/model.ts';
import { KeptComparisons } from '../../src/core/progress/kept-comparisons.ts';
import type { World } from '../../src/core/world.ts';
import { type GateBuilder, SETTINGS } from './gate-builder.ts';
import type { PodBuilder } from './pod-builder.ts';
import { NOW } from './time.ts';
import { WorkloadBuilder } from './workload-builder.ts';

/** Small worlds in a few words: `world(gate('api-first').targets('pinger').dependsOn(dns('api')), workload('pinger'))`. */

export { container, dns, GateBuilder, gate, NAMESPACE, SETTINGS, target, tcp } from './gate-builder.ts';
export { type FailedRun, PodBuilder, pod } from './pod-builder.ts';
export { ago, NOW } from './time.ts';
export { cronJob, daemonSet, job, statefulSet, WorkloadBuilder, workload } from './workload-builder.ts';

/** The policies that place renders into Pods have been there for long. */
export const PLACING: World['placing'] = new Map(
  TARGET_KINDS.map((kind) => [kind, { isThere: true, since: 0 }]),
);

/** What the gate's operator sees: itself, workloads and Pods. Frozen through and through: decisions change nothing. */
export function world(gate: GateBuilder, ...around: (WorkloadBuilder | PodBuilder)[]): World {
  const workloads = around.flatMap((one) => (one instanceof WorkloadBuilder ? [one.workload] : []));
  const pods = around.flatMap((one) => (one instanceof WorkloadBuilder ? [] : [one.pod]));
  return frozen({
    gate: gate.gate,
    workloads: new Map(workloads.map((one) => [targetAnnotationValue(one.kind, one.name), one])),
    pods,
    observations: new Map(),
    triedRender: undefined,
    refusals: [],
    repairs: [],
    othersFirst: [],
    openings: new Map(),
    firstStarts: 'placed',
    foreignPolicies: [],
    olderCrd: undefined,
    idleAdmission: new Map(),
    placing: PLACING,
    inForceSince: NOW - 3_600_000,
    countedSince: new Map(workloads.map((one) => [targetAnnotationValue(one.kind, one.name), 0])),
    settings: SETTINGS,
    comparisons: new KeptComparisons(),
  });
}

/** What the API server refused for a gate's stored (or only) render, `target` being `<Kind>/<name>`. */
export function refusal(of: Refusal['of'], { gate, render }: GateBuilder, more: Partial<Refusal>): Refusal {
  const { target = '' } = more;
  const uid = `uid-of-${target.slice(target.indexOf('/') + 1)}`;
  return {
    of,
    gate: gate.name,
    target,
    uid,
    generation: 1,
    hash: render.hash,
    message: 'no',
    at: 0,
    ...more,
  };
}

/** The same value; to change anything in it throws from now on. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
