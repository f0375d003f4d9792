import type { FieldCause } from './causes.ts';
import type { JsonSchema } from './json-schema.ts';
import { nearest } from './nearest.ts';

/** What to write in the place of a value that is of the wrong type, or not one of those that are possible. */
export function meantValue(
  { field, reason }: FieldCause,
  schema: JsonSchema,
  value: unknown,
): string | undefined {
  if (reason === 'FieldValueNotSupported') return meantWord(field, schema, value);
  return reason === 'FieldValueTypeInvalid' ? meantType(field, schema, value) : undefined;
}

/** As kubectl calls kinds in short, and kinds that no gate is put into. */
const KINDS: Readonly<Record<string, string>> = {
  deploy: 'Deployment',
  sts: 'StatefulSet',
  ds: 'DaemonSet',
  cj: 'CronJob',
};
const NO_TARGETS: readonly string[] = ['pod', 'pods', 'replicaset', 'replicasets', 'rs', 'rollout'];

function meantWord(field: string, { enum: words = [] }: JsonSchema, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const isKind = /^spec\.targets\[\d+\]\.kind$/.test(field);
  if (isKind && NO_TARGETS.includes(value.toLowerCase()))
    return 'name the workload that makes the Pods, by its kind';
  const meant = (isKind ? KINDS[value.toLowerCase()] : undefined) ?? nearest(value, words);
  return meant === undefined ? undefined : `did you mean ${meant}?`;
}

function meantType(field: string, schema: JsonSchema, value: unknown): string | undefined {
  switch (schema.type) {
    case 'integer':
      return meantNumber(field, value);
    case 'boolean':
      return 'write true or false, without quotes';
    case 'string':
      return ['number', 'boolean'].includes(typeof value)
        ? `write ${JSON.stringify(String(value))}, in quotes`
        : undefined;
    case 'array':
      return 'write a list, each item behind a hyphen';
    case 'object':
      return meantObject(schema, value);
    default:
      return undefined;
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function meantNumber(field: string, value: unknown): string | undefined {
  if (typeof value === 'number') return 'write a whole number';
  if (typeof value !== 'string') return undefined;
  const [, digits = '', unit = ''] = /^\s*(\d{1,9})\s*([smhd]?)\s*$/.exec(value) ?? [];
  if (digits !== '' && unit === '') return `write ${Number(digits)}, without quotes`;
  if (/Seconds$/.test(field))
    return digits === ''
      ? 'write a number of seconds'
      : `write ${Number(digits) * (UNITS[unit] ?? 1)}: it is in seconds`;
  return /\.port$/.test(field) ? 'write the number of the port: names of ports are not looked up' : undefined;
}

function meantObject({ properties = {}, required = [] }: JsonSchema, value: unknown): string | undefined {
  const [first = Object.keys(properties)[0]] = required;
  if (Array.isArray(value)) return 'write one object, and no list';
  if (first === undefined || typeof value !== 'string') return undefined;
  const isText = properties[first]?.type === 'string';
  return isText
    ? `write {${first}: ${JSON.stringify(value)}}`
    : `write its fields, such as ${first}, below it`;
}
