import { type FieldCause, fieldOf, isOfAField, isUnknownField } from './causes.ts';
import { gateJsonSchema } from './crd.ts';
import { validateGate } from './gate.ts';
import type { JsonSchema } from './json-schema.ts';
import { nearest } from './nearest.ts';
import { meantValue } from './value-advice.ts';

/** The API server says what is wrong; this is what was meant, for whoever reads it before the API server does. */

/** A field in a manifest, and what is to be told of it. */
export type Told = Pick<FieldCause, 'field' | 'message'>;

/**
 * Causes as `validateGate` gives them, each with what was meant, as far as that can be told. Of a field that is misspelt
 * nothing else is told: that it is missing is gone once its name is right.
 */
export function advised(causes: readonly FieldCause[], gate: unknown): Told[] {
  const schema = gateJsonSchema();
  const told = causes
    .filter(isOfAField)
    .map((cause) => ({ cause, steps: stepsOf(cause.field), meant: meantBy(cause, schema, gate) }));
  const isLeft = remains(
    told.reduce((mended, { steps, meant }) => renamed(mended, steps, meant?.name), gate),
  );
  return told
    .filter(({ cause }) => isUnknownField(cause) || isLeft(cause))
    .map(({ cause, meant }) => {
      const message = isUnknownField(cause) ? 'unknown field' : cause.message;
      return { field: cause.field, message: meant ? `${message}; ${meant.words}` : message };
    });
}

/** Tells which causes are still there when names are mended. */
function remains(mended: unknown): (cause: FieldCause) => boolean {
  const verdict = validateGate(mended);
  const left = verdict.valid ? [] : verdict.causes;
  return (cause) => left.some(({ field, message }) => field === cause.field && message === cause.message);
}

/** The value with a field under another name, where there is none of that name. */
function renamed(value: unknown, steps: readonly Step[], name: string | undefined): unknown {
  const [step, ...below] = steps;
  if (name === undefined || step === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? renamed(item, below, name) : item));
  const isTaken = below.length === 0 && name in value;
  const fields = Object.entries(value).map(([key, field]) => {
    if (key !== step || isTaken) return [key, field];
    return below.length === 0 ? [name, field] : [key, renamed(field, below, name)];
  });
  return Object.fromEntries(fields);
}

interface Meant {
  readonly words: string;
  /** The field beside it that it is. */
  readonly name?: string;
}

function meantBy(cause: FieldCause, schema: JsonSchema, gate: unknown): Meant | undefined {
  const steps = stepsOf(cause.field);
  if (isUnknownField(cause)) return meantField(steps, schema);
  const at = schemaAt(schema, steps);
  const words = at && meantValue(cause, at, valueAt(gate, steps));
  return words === undefined ? undefined : { words };
}

/** Words of other tools, and what they are here. */
const SYNONYMS: Readonly<Record<string, string>> = {
  interval: 'periodSeconds',
  retryInterval: 'periodSeconds',
  deadline: 'overdueAfterSeconds',
  address: 'host',
  hostname: 'host',
  uri: 'url',
  path: 'url',
  workloads: 'targets',
  targetRefs: 'targets',
  dependsOn: 'dependencies',
  waitFor: 'dependencies',
  paused: 'suspend',
  cel: 'expression',
};

/** Of fields that people look for, and that no gate has: docs/guide/checks.md says why. */
const MISSED: readonly (readonly [RegExp, string])[] = [
  [
    /^spec\.dependencies\[\d+\]\.(udp|sctp|\w+\.protocol)$/,
    'what listens by UDP or SCTP cannot be checked from outside; use service, or a container that asks in the protocol of the app',
  ],
  [
    /^spec\.(namespace|targets\[\d+\]\.namespace|dependencies\[\d+\]\.(\w+\.)?namespace)$/,
    "everything a gate names is in its own namespace: put a gate into that namespace, or use dns, tcp, http or grpc with the host's whole name",
  ],
];

function meantField(steps: readonly Step[], schema: JsonSchema): Meant | undefined {
  const [parent, name] = [steps.slice(0, -1), String(steps.at(-1))];
  const [, missed] = MISSED.find(([field]) => field.test(fieldOf(steps))) ?? [];
  if (missed !== undefined) return { words: missed };
  const beside = Object.keys(schemaAt(schema, parent)?.properties ?? {});
  const synonym = SYNONYMS[name];
  const meant = beside.find((one) => one === synonym) ?? nearest(name, beside);
  if (meant !== undefined) return { words: `did you mean ${meant}?`, name: meant };
  return elsewhere(parent, [name, ...(synonym === undefined ? [] : [synonym])], schema);
}

/** Places in the spec that have such a field: those with most of the way in common, at most three. */
function elsewhere(parent: readonly Step[], names: readonly string[], schema: JsonSchema): Meant | undefined {
  const places = placesOf(schema.properties?.spec ?? {}, ['spec']).filter(({ name }) => names.includes(name));
  const [first, ...others] = places
    .map((place) => ({ ...place, ...nearness(place.path, parent) }))
    .toSorted((a, b) => b.shared - a.shared || a.steps - b.steps);
  if (!first) return undefined;
  const near = [
    first,
    ...others.filter(({ shared, steps }) => shared === first.shared && steps === first.steps),
  ];
  const where = near
    .slice(0, MAX_PLACES)
    .map(({ path }) => fieldOf(numbered(path, parent)).replaceAll(`[${ANY_ITEM}]`, '[]'));
  const name = first.name === names[0] ? 'it' : first.name;
  return { words: `${name} belongs into ${where.join(' or ')}` };
}

const MAX_PLACES = 3;

interface Place {
  /** Of the object that has the field; -1 for any item of a list. */
  readonly path: readonly Step[];
  readonly name: string;
}

function placesOf({ properties = {}, items }: JsonSchema, path: readonly Step[]): Place[] {
  return [
    ...Object.keys(properties).map((name): Place => ({ path, name })),
    ...Object.entries(properties).flatMap(([name, below]) => placesOf(below, [...path, name])),
    ...(items ? placesOf(items, [...path, ANY_ITEM]) : []),
  ];
}

const ANY_ITEM = -1;

function nearness(
  path: readonly Step[],
  parent: readonly Step[],
): { readonly shared: number; readonly steps: number } {
  const apart = path.findIndex((step, index) => !isSame(step, parent[index]));
  const shared = apart < 0 ? path.length : apart;
  return { shared, steps: path.length + parent.length - 2 * shared };
}

function isSame(step: Step, other: Step | undefined): boolean {
  return step === other || (step === ANY_ITEM && typeof other === 'number');
}

/** The path, with the numbers of the items that the other goes through too. */
function numbered(path: readonly Step[], parent: readonly Step[]): Step[] {
  const { shared } = nearness(path, parent);
  return path.map((step, index) => (index < shared ? (parent[index] ?? step) : step));
}

type Step = string | number;

/** The path of `spec.dependencies[0].name`. */
export function stepsOf(field: string): Step[] {
  return (field.match(/[^.[\]]+/g) ?? []).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

function schemaAt(schema: JsonSchema, steps: readonly Step[]): JsonSchema | undefined {
  return steps.reduce<JsonSchema | undefined>(
    (at, step) =>
      typeof step === 'number' ? at?.items : (at?.properties?.[step] ?? at?.additionalProperties),
    schema,
  );
}

function valueAt(value: unknown, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>(
    (at, step) => Object.entries(at ?? {}).find(([key]) => key === String(step))?.[1],
    value,
  );
}
