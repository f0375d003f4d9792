import type { z } from 'zod';

/**
 * One thing that is wrong with an object, in the words of the API server: an entry of `details.causes` in the Status
 * that it answers with. `<field>: <message>` is the line that kubectl prints.
 */
export interface FieldCause {
  /** Path of the field, for example `spec.dependencies[0].tcp.port`. */
  readonly field: string;
  readonly message: string;
  readonly reason: CauseReason;
}

export type CauseReason =
  | 'FieldValueRequired'
  | 'FieldValueTypeInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueInvalid'
  /** A field that the schema does not know; the API server has no cause for it, see {@link isUnknownField}. */
  | 'FieldValueForbidden';

/** The API server does not look at the rules of an object whose shape or size is wrong, and says so. */
const UNCHECKED_RULES: FieldCause = {
  field: '<nil>',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  reason: 'FieldValueInvalid',
};

/** Whether a cause is an unknown field: the API server drops those, or refuses them when asked to be strict. */
export function isUnknownField(cause: FieldCause): boolean {
  return cause.reason === 'FieldValueForbidden';
}

/** Whether a cause says what to correct, and not only that there may be more, as the API server does at the end. */
export function isOfAField(cause: FieldCause): boolean {
  return cause !== UNCHECKED_RULES;
}

/** What is wrong, as the API server would say it, from what zod says (given `reportInput: true`). */
export function causesOf(issues: readonly z.core.$ZodIssue[]): FieldCause[] {
  const shape = onePerField(issues.filter(({ code }) => code !== 'custom').flatMap(shapeCauses));
  if (shape.some(hidesRules)) return [...shape, UNCHECKED_RULES];
  const rules = issues.filter(({ code }) => code === 'custom').map(ruleCause);
  return [...shape, ...rules];
}

/** `spec.dependencies[0].name`. */
export function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

/** Of a text the API server says what it is; of an object it would be too much. */
function ruleCause({ path, message, input }: z.core.$ZodIssue): FieldCause {
  const value = typeof input === 'string' ? `${JSON.stringify(input)}: ` : '';
  // The one map of a spec: what a rule says of an entry, the API server says of its key in brackets.
  const field = fieldOf(path).replace(/\.matchLabels\.(.+)$/, '.matchLabels[$1]');
  return { field, message: `Invalid value: ${value}${message}`, reason: 'FieldValueInvalid' };
}

/** The API server stops at the first thing that is wrong with a field. */
function onePerField(causes: readonly FieldCause[]): FieldCause[] {
  return causes.filter(({ field }, index) => causes.findIndex((cause) => cause.field === field) === index);
}

function hidesRules(cause: FieldCause): boolean {
  return cause.reason !== 'FieldValueInvalid' && !isUnknownField(cause);
}

function shapeCauses(issue: z.core.$ZodIssue): FieldCause[] {
  const field = fieldOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(fieldOf([...issue.path, key])));
    case 'invalid_type':
      return [issue.input === undefined ? required(field) : wrongType(field, issue.expected, issue.input)];
    case 'invalid_value':
      return [issue.input === undefined ? required(field) : notSupported(field, issue.values, issue.input)];
    case 'too_big':
      return [tooBig(field, issue.maximum, issue.input)];
    case 'too_small':
      return [tooSmall(field, issue.minimum, issue.input)];
    // The one union of the schema is of integers and strings.
    case 'invalid_union':
      return [wrongType(field, 'integer,string', issue.input)];
    default:
      return [{ field, message: `Invalid value: ${issue.message}`, reason: 'FieldValueInvalid' }];
  }
}

function unknownField(field: string): FieldCause {
  return { field, message: `unknown field "${field}"`, reason: 'FieldValueForbidden' };
}

function required(field: string): FieldCause {
  return { field, message: 'Required value', reason: 'FieldValueRequired' };
}

function wrongType(field: string, expected: string, input: unknown): FieldCause {
  const type = JSON.stringify(typeName(input));
  // zod asks for a number before it asks for an integer; all of ours are integers.
  const wanted = expected === 'int' || expected === 'number' ? 'integer' : expected;
  return {
    field,
    message: `Invalid value: ${type}: ${field} in body must be of type ${wanted}: ${type}`,
    reason: 'FieldValueTypeInvalid',
  };
}

function notSupported(field: string, values: readonly unknown[], input: unknown): FieldCause {
  const supported = values.map((value) => JSON.stringify(value)).join(', ');
  return {
    field,
    message: `Unsupported value: ${JSON.stringify(input)}: supported values: ${supported}`,
    reason: 'FieldValueNotSupported',
  };
}

function tooBig(field: string, maximum: number | bigint, input: unknown): FieldCause {
  if (typeof input === 'string') {
    return {
      field,
      message: `Too long: may not be more than ${maximum} bytes`,
      reason: 'FieldValueTooLong',
    };
  }
  if (typeof input === 'object' && input !== null) {
    const message = `Too many: ${Object.keys(input).length}: must have at most ${maximum} items`;
    return { field, message, reason: 'FieldValueTooMany' };
  }
  return invalid(field, input, `should be less than or equal to ${maximum}`);
}

function tooSmall(field: string, minimum: number | bigint, input: unknown): FieldCause {
  if (typeof input === 'string') return invalid(field, input, `should be at least ${minimum} chars long`);
  if (Array.isArray(input)) return invalid(field, input.length, `should have at least ${minimum} items`);
  return invalid(field, input, `should be greater than or equal to ${minimum}`);
}

function invalid(field: string, input: unknown, should: string): FieldCause {
  return {
    field,
    message: `Invalid value: ${JSON.stringify(input)}: ${field} in body ${should}`,
    reason: 'FieldValueInvalid',
  };
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
