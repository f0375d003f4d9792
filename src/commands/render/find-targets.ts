import { KIND } from '../../api/names.ts';
import { nearest } from '../../api/nearest.ts';
import { isPlacedInPods } from '../../api/settled.ts';
import { TARGET_KINDS, type TargetKind } from '../../api/spec.ts';
import { TARGET_RESOURCES } from '../../api/target-resources.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import { type GateOfInput, targetsOf } from './read-gates.ts';

/** A workload of the input that gates target. */
export interface InputTarget {
  readonly object: KubernetesObject;
  readonly kind: TargetKind;
  /** Sorted by name. */
  readonly gates: readonly GateOfInput[];
}

export interface Targets {
  /** In the order of the input. */
  readonly found: readonly InputTarget[];
  /** Targets that are not in the input, one line each. */
  readonly missing: readonly string[];
  /** Targets that could be one workload or another, one line each. */
  readonly unclear: readonly string[];
}

interface Aim {
  readonly gate: GateOfInput;
  readonly kind: TargetKind;
  readonly name: string;
  readonly objects: readonly KubernetesObject[];
}

/** Finds the targets of gates among the objects of the input. */
export function findTargets(gates: readonly GateOfInput[], objects: readonly KubernetesObject[]): Targets {
  const aims = gates.flatMap((gate) =>
    targetsOf(gate)
      .filter(({ kind }) => !isPlacedInPods(gate.spec, kind))
      .map(({ kind, name }): Aim => ({ gate, kind, name, objects: workloadsOf(gate, kind, name, objects) })),
  );
  const found = objects.flatMap((object): InputTarget[] => {
    const its = aims.filter((aim) => aim.objects.includes(object));
    const [first] = its;
    if (first === undefined) return [];
    return [{ object, kind: first.kind, gates: its.map(({ gate }) => gate).toSorted(byName) }];
  });
  return {
    found,
    missing: aims
      .filter((aim) => aim.objects.length === 0)
      .map((aim) => `${inWords(aim)} is not in the input${meant(aim, objects)}`),
    unclear: aims
      .filter((aim) => new Set(aim.objects.map(({ namespace }) => namespace)).size > 1)
      .map((aim) => `${inWords(aim)} is in several namespaces of the input: say the gate's`),
  };
}

/**
 * The workloads that a gate means. One that names no namespace may be of any, since `kubectl apply --namespace` and Helm
 * decide it, but not where another one says that it is of the gate's.
 */
function workloadsOf(
  { namespace }: GateOfInput,
  kind: TargetKind,
  name: string,
  objects: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const { group } = TARGET_RESOURCES[kind];
  const named = objects.filter(
    (object) => object.kind === kind && object.group === group && object.name === name,
  );
  const exact = named.filter((object) => object.namespace === namespace);
  if (exact.length > 0) return exact;
  return named.filter((object) => namespace === undefined || object.namespace === undefined);
}

/** What is there in its place, in words. */
function meant({ gate, kind, name }: Aim, objects: readonly KubernetesObject[]): string {
  const workloads = TARGET_KINDS.flatMap((one) =>
    objects.filter((object) => object.kind === one && object.group === TARGET_RESOURCES[one].group),
  );
  const near = workloads.filter(({ namespace }) => [gate.namespace, undefined].includes(namespace));
  const other = near.find((object) => object.name === name);
  if (other) return `, but ${other.kind} ${name} is: set kind: ${other.kind}`;
  const similar = nearest(
    name,
    near.filter((object) => object.kind === kind).map((object) => object.name),
  );
  if (similar !== undefined) return `; did you mean ${similar}?`;
  const away = workloads.find((object) => object.kind === kind && object.name === name);
  return away
    ? `, but one is in namespace ${away.namespace}: put the gate there, since its targets are in its own namespace`
    : '';
}

function inWords({ gate, kind, name }: Aim): string {
  const where = gate.namespace === undefined ? '' : ` of namespace ${gate.namespace}`;
  return `${gate.place}: ${KIND} ${gate.name}: its target ${kind} ${name}${where}`;
}

function byName(a: GateOfInput, b: GateOfInput): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
