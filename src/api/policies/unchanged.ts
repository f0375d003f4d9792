/**
 * CEL that compares what was with what is to be. Fields are compared whichever there are, so that one which Kubernetes
 * adds is no way around. An object has fields for CEL's type checker, and is a map when it is evaluated: hence `dyn`.
 */

/** CEL: two maps are equal, but for the keys `k` of which `mayDiffer` holds. */
export function unchanged(now: string, before: string, mayDiffer: string): string {
  const [a, b] = [`dyn(${now})`, `dyn(${before})`];
  return `${a}.all(k, ${mayDiffer} || (k in ${b} && ${a}[k] == ${b}[k])) && ${b}.all(k, ${mayDiffer} || k in ${a})`;
}

/** CEL: `k` is one of these. */
export function isOneOf(...keys: readonly string[]): string {
  return `k in [${keys.map((key) => `'${key}'`).join(', ')}]`;
}

/** CEL: a field of an object, or what stands for it where it is missing. */
export function orElse(object: string, field: string, missing: '[]' | '{}'): string {
  return `${object}.?${field}.orValue(${missing})`;
}

/** What the API server itself changes of an object's metadata with each write. */
export const BOOKKEEPING = ['managedFields', 'resourceVersion', 'generation'] as const;
