/**
 * What a schema cannot say about a gate, said twice. Its CEL goes into the CRD, for the API server; its function evaluates the
 * same in this program. Both must say the same of every gate. A message says what to change.
 */
export interface Rule<Value> {
  /** The rule in CEL; `self` is the value at the rule's place. */
  readonly cel: string;
  readonly message: string;
  /** The field below the rule's place that a violation is reported for; else the place itself. */
  readonly field?: readonly string[];
  /** The rule as a function, given a value that the schema has accepted except for its lengths and patterns. */
  holds(value: Value): boolean;
}

/** Where a value may come from, other than the gate. */
export const KEY_SOURCES = ['secretKeyRef', 'configMapKeyRef'] as const;

/** CEL: at least one of these fields is there. */
export function anyOf(fields: readonly string[]): string {
  return fields.map((field) => `has(self.${field})`).join(' || ');
}

/** CEL: exactly one of these fields is there. */
export function exactlyOne(fields: readonly string[]): string {
  return `[${fields.map((field) => `has(self.${field})`).join(', ')}].exists_one(there, there)`;
}

/** How many of these fields are there. */
export function present<Field extends string>(
  value: { readonly [F in Field]?: unknown },
  fields: readonly Field[],
): number {
  return fields.filter((field) => value[field] !== undefined).length;
}

/** `a, b and c`. */
export function either(words: readonly string[], last: string): string {
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

export function distinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
