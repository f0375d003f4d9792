import { advised, stepsOf, type Told } from '../../api/advice.ts';
import { validateGate } from '../../api/gate.ts';
import { API_VERSION, GROUP, KIND } from '../../api/names.ts';
import { nearest } from '../../api/nearest.ts';
import { targetKind } from '../../api/settled.ts';
import type { GateSpec, TargetKind } from '../../api/spec.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { ownTarget } from '../../core/evaluate/evaluate.ts';
import { cycleThrough, cycleWords } from '../../core/evaluate/evaluate-gate.ts';
import { unusable } from '../../core/evaluate/evaluate-resource.ts';
import { gatesBefore } from '../../core/evaluate/references.ts';
import { checkExpression } from '../../core/expression/expression.ts';
import type { Settings } from '../../core/model.ts';
import { render } from '../../core/render/render.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import { InputError, placeOf } from './yaml/documents.ts';

/** A valid gate of the input. */
export interface GateOfInput {
  readonly name: string;
  /** undefined where it names none: it then goes wherever its targets are. */
  readonly namespace: string | undefined;
  readonly spec: GateSpec;
  readonly place: string;
}

/** The settings that renders are made with; without an image, each gate must name its own. */
export interface RenderSettings extends Omit<Settings, 'waiterImage'> {
  readonly waiterImage: string | undefined;
}

/**
 * The gates among objects, each once.
 * @throws InputError with everything that is wrong with any of them
 */
export function readGates(objects: readonly KubernetesObject[]): GateOfInput[] {
  const gates = new Map<string, GateOfInput>();
  const problems = objects.flatMap(misnamed);
  for (const object of objects.filter(({ group, kind }) => group === GROUP && kind === KIND)) {
    const { gate, causes } = readGate(object);
    problems.push(...causes);
    if (!gate) continue;
    const key = `${gate.namespace ?? ''}/${gate.name}`;
    const before = gates.get(key);
    if (before && canonicalJson(before.spec) !== canonicalJson(gate.spec)) {
      problems.push(
        `${gate.place}: ${KIND} ${gate.name} stands in the input twice, first in ${before.place}`,
      );
    }
    gates.set(key, before ?? gate);
  }
  problems.push(...cyclesOf([...gates.values()]));
  if (problems.length > 0) throw new InputError(problems);
  return [...gates.values()];
}

function readGate(object: KubernetesObject): { readonly gate?: GateOfInput; readonly causes: string[] } {
  const { document, path, name, namespace, value } = object;
  const validation = validateGate(value);
  const wrong = validation.valid ? faultsOf(validation.gate.spec) : advised(validation.causes, value);
  if (validation.valid && wrong.length === 0) {
    return {
      gate: { name, namespace, spec: validation.gate.spec, place: placeOf(document, path) },
      causes: [],
    };
  }
  const causes = wrong.map(
    ({ field, message }) =>
      `${placeOf(document, [...path, ...stepsOf(field)])}: ${KIND} ${name}: ${field}: ${message}`,
  );
  return { causes };
}

/** What the API server cannot see, since no rule of it reads an expression: before an operator says so, the build does. */
function faultsOf(spec: GateSpec): Told[] {
  return spec.dependencies.flatMap((dependency, index): Told[] => {
    const field = `spec.dependencies[${index}].resource`;
    const expression = dependency.resource?.expression;
    const problem = expression === undefined ? undefined : checkExpression(expression).problem;
    const own = ownTarget(dependency, spec);
    return [
      ...(problem === undefined ? [] : [{ field: `${field}.expression`, message: unusable(problem) }]),
      ...(own === undefined ? [] : [{ field, message: own }]),
    ];
  });
}

/** Gates of the input that wait for each other. */
function cyclesOf(gates: readonly GateOfInput[]): string[] {
  const told = new Set<string>();
  return gates.flatMap(({ name, namespace, place, spec }) => {
    const of = (other: string) => {
      const found = gates.find((gate) => gate.name === other && gate.namespace === namespace);
      return found && { spec: { valid: true, value: found.spec } as const };
    };
    const cycles = gatesBefore(spec).map((first) => cycleThrough(name, first, of));
    const [cycle] = cycles.filter((names) => names.length > 0);
    const isTold = cycle?.some((other) => told.has(`${namespace}/${other}`));
    for (const other of cycle ?? []) told.add(`${namespace}/${other}`);
    return !cycle || isTold ? [] : [`${place}: ${KIND} ${name}: spec.dependencies: ${cycleWords(cycle)}`];
  });
}

/** An object that is meant to be a gate, and is none by its kind or its group. */
function misnamed({ document, path, group, kind, name }: KubernetesObject): string[] {
  const at = `${placeOf(document, path)}: ${kind} ${name}`;
  if (group === GROUP && kind !== KIND)
    return [`${at}: kind: ${GROUP} has no such kind; did you mean ${KIND}?`];
  if (kind === KIND && group !== GROUP && nearest(group, [GROUP]) !== undefined)
    return [`${at}: apiVersion: there is no such group; did you mean ${API_VERSION}?`];
  return [];
}

/** The init containers and volumes of a gate. @throws InputError where no image is known for them */
export function renderOf(
  { name, spec, place }: GateOfInput,
  settings: RenderSettings,
): ReturnType<typeof render> {
  const waiterImage = spec.waiter?.image ?? settings.waiterImage;
  const needsImage = spec.dependencies.some(({ container }) => container === undefined);
  if (waiterImage === undefined && needsImage) {
    throw new InputError([`${place}: ${KIND} ${name}: say --waiter-image, or spec.waiter.image in the gate`]);
  }
  return render(name, spec, { ...settings, waiterImage: waiterImage ?? '' });
}

/** A gate's targets with nothing left open. */
export function targetsOf({ spec }: GateOfInput): { readonly kind: TargetKind; readonly name: string }[] {
  return spec.targets.map((target) => ({ kind: targetKind(target), name: target.name }));
}
