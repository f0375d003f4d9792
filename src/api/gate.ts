import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { causesOf, type FieldCause } from './causes.ts';
import { API_VERSION, KIND } from './names.ts';
import { specSchema } from './spec.ts';
import {
  conditionSchema,
  dependencyStatusSchema,
  type GateStatus,
  statusSchema,
  targetStatusSchema,
} from './status.ts';
import { violations } from './violations.ts';

/** The fields of anything; of what is no object there are none. */
const fieldsSchema = z.looseObject({}).catch({});

const shape = {
  apiVersion: z.literal(API_VERSION),
  kind: z.literal(KIND),
  metadata: z.looseObject({ name: z.string().min(1).max(253) }),
  spec: specSchema,
};

/** A gate as the API server stores it: what the CRD is generated from. */
export const gateSchema = z
  .strictObject({ ...shape, status: statusSchema.optional() })
  .describe(
    'A DependencyGate keeps the Pods of its targets from starting before their dependencies are there: each dependency becomes an init container that waits for it.',
  );

/** A gate as it is written: the shape and the rules. */
const writtenGateSchema = z.strictObject(shape).superRefine((gate, context) => {
  for (const { path, message, value } of violations(gate)) {
    context.addIssue({ code: 'custom', path: [...path], message, input: value });
  }
});

/** A gate that is valid; its status is not looked at. */
export type ValidGate = z.infer<typeof writtenGateSchema>;

export type Validation =
  | { readonly valid: true; readonly gate: ValidGate }
  | { readonly valid: false; readonly causes: readonly FieldCause[] };

/**
 * Evaluates a gate as the API server does: by the schema and the rules, in its words. Two things differ: an unknown field
 * is a cause (see `isUnknownField`), and the status is left out. A gate must not become invalid by what an older
 * operator wrote there.
 */
export function validateGate(object: unknown): Validation {
  const { status: _, ...written } = fieldsSchema.parse(withoutNulls(object));
  const result = writtenGateSchema.safeParse(written, { reportInput: true });
  return result.success
    ? { valid: true, gate: result.data }
    : { valid: false, causes: causesOf(result.error.issues) };
}

/** What is wrong with a status that is to be stored; nothing for a valid one. */
export function statusCauses(status: unknown): readonly FieldCause[] {
  const result = z
    .object({ status: statusSchema.optional() })
    .safeParse({ status: withoutNulls(status) }, { reportInput: true });
  return result.success ? [] : causesOf(result.error.issues);
}

/**
 * How a stored list is read whose items remember something: what a newer operator has added to an item is left out, and an
 * item that cannot be read takes no other with it.
 */
function eachOf<Item extends z.ZodType>(item: Item) {
  const orNothing = item.optional().catch(undefined);
  return z.array(orNothing).transform((items) => items.filter((one) => one !== undefined));
}

const readableStatusSchema = z.object({
  ...statusSchema.shape,
  conditions: eachOf(conditionSchema.strip()).optional(),
  targets: eachOf(
    targetStatusSchema.extend({ state: targetStatusSchema.shape.state.catch('Pending') }).strip(),
  ).optional(),
  dependencies: eachOf(
    dependencyStatusSchema.extend({ state: dependencyStatusSchema.shape.state.catch('Pending') }).strip(),
  ).optional(),
});

/**
 * Reads a stored status. Field by field: what is missing, or what another version of the operator wrote in another
 * form, is absent, and takes nothing else with it. Above all not the render, which would roll every target, and not what
 * is remembered of targets and dependencies, which can be found out nowhere else.
 *
 * @param known what was read of the version before: a field that is as it was stays the same object. Of most changes the render,
 *   which is most of a status, is the same.
 */
export function parseStatus(status: unknown, known: GateStatus = {}): GateStatus {
  const fields = fieldsSchema.parse(withoutNulls(status));
  const same: GateStatus = { ...known };
  for (const name of STATUS_FIELDS)
    if (known[name] === undefined || !isDeepStrictEqual(fields[name], known[name])) delete same[name];
  const changed = Object.entries(fields).filter(([name]) => !Object.hasOwn(same, name));
  return { ...readFields(Object.fromEntries(changed)), ...same };
}

const STATUS_FIELDS = readableStatusSchema.keyof().options;

function readFields(fields: Readonly<Record<string, unknown>>): GateStatus {
  const whole = readableStatusSchema.safeParse(fields);
  if (whole.success) return whole.data;
  const readable = Object.entries(readableStatusSchema.shape).filter(
    ([name, schema]) => Object.hasOwn(fields, name) && schema.safeParse(fields[name]).success,
  );
  return readableStatusSchema.parse(Object.fromEntries(readable.map(([name]) => [name, fields[name]])));
}

/** The API server takes a field that is null for one that is absent, as no field of a gate may be null. */
function withoutNulls(value: unknown): unknown {
  if (!hasNull(value)) return value;
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(present.map(([name, field]) => [name, withoutNulls(field)]));
}

function hasNull(value: unknown): boolean {
  if (typeof value !== 'object') return false;
  return value === null || Object.values(value).some(hasNull);
}
