/** What the measurements on a real cluster share: moments of one clock, and tables of what lies between them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { NodeOptions } from '../cluster/node.ts';

const auditSchema = z.looseObject({
  stageTimestamp: z.string(),
  verb: z.string(),
  user: z.looseObject({ username: z.string().default('') }),
  objectRef: z.looseObject({
    resource: z.string(),
    namespace: z.string().default(''),
    name: z.string().default(''),
    subresource: z.string().default(''),
  }),
  responseStatus: z.looseObject({ code: z.int() }),
  requestObject: z.unknown().optional(),
  responseObject: z.unknown().optional(),
});

/** A request that changed something, and what was stored. */
export type Stored = z.infer<typeof auditSchema> & {
  /** When it was answered, ms since 1970. */
  readonly at: number;
};

/** A rule of an audit policy, as the API server reads it. */
type AuditRule = Readonly<Record<string, unknown>>;

/** What `startNode` needs so that the API server's audit log holds what the rules say and nothing else. */
export function audited(rules: readonly AuditRule[]): {
  readonly flags: NonNullable<NodeOptions['flags']>;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const policy = join(folder, 'audit-policy.json');
  const content = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [...rules, { level: 'None' }],
  };
  writeFileSync(policy, JSON.stringify(content));
  return {
    flags: { 'kube-apiserver': [`--audit-policy-file=${policy}`] },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The requests about a namespace that went well so far, in the order of the answers. */
export function storedIn(auditLog: string, namespace: string): Stored[] {
  const text = readFileSync(auditLog, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1) // the last line may be in the middle of being written
    .split('\n')
    .filter((line) => line.includes(`"${namespace}"`))
    .map((line) => auditSchema.parse(JSON.parse(line)))
    .filter(({ objectRef, responseStatus }) => objectRef.namespace === namespace && responseStatus.code < 300)
    .map((one) => ({ ...one, at: preciseTime(one.stageTimestamp) }));
}

/** ms with fractions: Date reads only the first three digits behind the second. */
export function preciseTime(text: string): number {
  const [, seconds, fraction = '0'] = /^(.*:\d\d)(?:\.(\d+))?Z$/.exec(text) ?? [];
  return Date.parse(`${seconds}Z`) + Number(`0.${fraction}`) * 1000;
}

/** When a line was written that holds this text and was stamped by the container runtime; NaN where there is none. */
export function stampOf(log: string, text: string): number {
  const found = log.split('\n').find((line) => line.endsWith(` ${text}`));
  return preciseTime(found?.split(' ')[0] ?? '');
}

const COLUMNS = { min: 0, median: 0.5, p95: 0.95, max: 1 } as const;

/** Prints a table in ms: a row for each list of values. */
export function printTable(
  rows: readonly (readonly [string, readonly number[]])[],
  columns: readonly (keyof typeof COLUMNS)[],
): void {
  console.log(`| ms | ${columns.join(' | ')} |`);
  console.log(`| --- | ${columns.map(() => '---:').join(' | ')} |`);
  for (const [name, values] of rows) {
    if (values.some(Number.isNaN)) throw new Error(`a moment of "${name}" was not found`);
    const cells = columns.map((column) => quantile(values, COLUMNS[column]).toFixed(0));
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

/** By the nearest rank: a value that was measured. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}
