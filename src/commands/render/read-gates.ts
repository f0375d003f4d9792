import { type FieldCause, isOfAField } from '../../api/causes.ts';
import { validateGate } from '../../api/gate.ts';
import { GROUP, KIND } from '../../api/names.ts';
import { targetKind } from '../../api/settled.ts';
import type { GateSpec, TargetKind } from '../../api/spec.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { checkExpression } from '../../core/expression/expression.ts';
import type { Settings } from '../../core/model.ts';
import { render } from '../../core/render/render.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import { InputError, placeOf, type YamlPath } from './yaml/documents.ts';

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
  const problems: string[] = [];
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
  if (problems.length > 0) throw new InputError(problems);
  return [...gates.values()];
}

function readGate(object: KubernetesObject): { readonly gate?: GateOfInput; readonly causes: string[] } {
  const { document, path, name, namespace, value } = object;
  const validation = validateGate(value);
  const wrong = validation.valid
    ? expressionCauses(validation.gate.spec)
    : validation.causes.filter(isOfAField);
  if (validation.valid && wrong.length === 0) {
    return {
      gate: { name, namespace, spec: validation.gate.spec, place: placeOf(document, path) },
      causes: [],
    };
  }
  const causes = wrong.map(
    ({ field, message }) =>
      `${placeOf(document, [...path, ...stepsOf(field)])}: ${KIND} ${name}: ${field}: ${message}${advice(field)}`,
  );
  return { causes };
}

/** Of fields that people look for, and that no gate has: docs/guide/checks.md says why. */
function advice(field: string): string {
  return /^spec\.dependencies\[\d+\]\.(udp|sctp|\w+\.protocol)$/.test(field)
    ? ': what listens by UDP or SCTP cannot be checked from outside; use service, or a container that asks in the protocol of the app'
    : '';
}

/** What the API server cannot see, since no rule of it reads an expression: before an operator says so, the build does. */
function expressionCauses({ dependencies }: GateSpec): Pick<FieldCause, 'field' | 'message'>[] {
  return dependencies.flatMap(({ resource }, index) => {
    const why = resource?.expression === undefined ? undefined : checkExpression(resource.expression).problem;
    return why === undefined
      ? []
      : [{ field: `spec.dependencies[${index}].resource.expression`, message: why }];
  });
}

/** The path of `spec.dependencies[0].name`. */
function stepsOf(field: string): YamlPath {
  return (field.match(/[^.[\]]+/g) ?? []).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
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
