import { z } from 'zod';
import { groupOf } from '../../api/group.ts';
import type { DependencyReason } from '../../api/reasons.ts';
import type { JsonObject } from '../model.ts';

/** Whether a watched object is as a dependency wants it. `failed`: it will not be by itself, without somebody acting. */
export interface Readiness {
  readonly is: 'ready' | 'waiting' | 'failed';
  readonly reason: DependencyReason;
  /** For people: nothing reads it to decide. */
  readonly message: string;
}

const text = z.string().catch('');
const count = z.number().catch(0);
const generation = z.number().optional().catch(undefined);
const fields = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  )
  .optional()
  .catch(undefined);

const NO_CONDITION = { type: '', status: '', reason: '', message: '', observedGeneration: undefined };
const conditionSchema = z
  .object({ type: text, status: text, reason: text, message: text, observedGeneration: generation })
  .catch(NO_CONDITION);

/** A condition of a status; empty texts where it leaves something out. */
export type ObjectCondition = z.infer<typeof conditionSchema>;

/** Objects come from a server that has checked them, and are read as if it had not: what is wrong counts as absent. */
const objectSchema = z.object({
  apiVersion: text,
  kind: text,
  metadata: z
    .object({ name: text, generation: count, deletionTimestamp: z.unknown().optional() })
    .catch({ name: '', generation: 0 }),
  spec: fields,
  status: fields,
});

const statusSchema = z.object({
  observedGeneration: generation,
  conditions: z.array(conditionSchema).catch([]),
});

/** What all kinds have in common. */
export interface ObjectView {
  /** API group and kind, such as `apps/Deployment` or `/Pod`; the version does not matter. */
  readonly type: string;
  /** Kind and name, as messages begin. */
  readonly label: string;
  readonly generation: number;
  /** Undefined where its controller does not tell. */
  readonly observedGeneration: number | undefined;
  readonly deleting: boolean;
  readonly conditions: readonly ObjectCondition[];
  /** Undefined where there is none, as in plain data. */
  readonly spec: Readonly<Record<string, unknown>> | undefined;
  readonly status: Readonly<Record<string, unknown>> | undefined;
}

export function viewOf(object: JsonObject): ObjectView {
  const { apiVersion, kind, metadata, spec, status } = objectSchema.parse(object);
  const { observedGeneration, conditions } = statusSchema.parse(status ?? {});
  return {
    type: `${groupOf(apiVersion)}/${kind}`,
    label: `${kind} ${metadata.name}`,
    generation: metadata.generation,
    observedGeneration,
    deleting: metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp !== null,
    conditions: conditions.filter(({ type }) => type !== ''),
    spec,
    status,
  };
}

export function conditionIn(view: ObjectView, type: string): ObjectCondition | undefined {
  return view.conditions.find((condition) => condition.type === type);
}

export function isTrue(view: ObjectView, type: string): boolean {
  return conditionIn(view, type)?.status === 'True';
}

/** What a condition says after its status: `: Reason: message`, as far as it has them. */
export function because(said: { readonly reason: string; readonly message: string } | undefined): string {
  return [said?.reason, said?.message]
    .filter((part) => part)
    .map((part) => `: ${part}`)
    .join('');
}

export function ready(message: string, reason: DependencyReason = 'ObjectReady'): Readiness {
  return { is: 'ready', reason, message };
}

export function waiting(message: string, reason: DependencyReason = 'ObjectNotReady'): Readiness {
  return { is: 'waiting', reason, message };
}

export function failed(message: string, reason: DependencyReason): Readiness {
  return { is: 'failed', reason, message };
}
