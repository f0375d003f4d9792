import { kindKey, type ReferencedKind, referencedBy } from '../../core/evaluate/references.ts';
import type { Gate } from '../../core/model.ts';
import type { ObjectKey } from '../../kube/object.ts';
import type { Selection } from './selections.ts';

/** An object that a gate is evaluated by. */
export interface ReferencedKey {
  readonly kind: ReferencedKind;
  readonly object: ObjectKey;
  /** Of a selection: the labels. */
  readonly matchLabels?: Selection['matchLabels'];
}

/**
 * What a gate refers to, each with and without a namespace: which of the two it is, only the API server knows. What is
 * selected by labels is of the gate's namespace only.
 */
export function referencesOf({ spec, namespace }: Gate): ReferencedKey[] {
  const referenced = spec.valid ? referencedBy(spec.value, namespace) : [];
  return referenced.flatMap(({ apiVersion, kind, name, matchLabels }) => {
    const of = (one: string) => ({ kind: { apiVersion, kind }, object: { namespace: one, name } });
    return matchLabels ? [{ ...of(namespace), matchLabels }] : [of(''), of(namespace)];
  });
}

/** What gates are indexed by: one value for each object, that is never read back. */
export function referenceValue({ kind, object }: ReferencedKey): string {
  return `${kindKey(kind)}|${object.namespace}/${object.name}`;
}

/** The index values of a gate, by object. */
export function referenceValues(gate: Gate): string[] {
  return referencesOf(gate).map(referenceValue);
}

/** The index values of a gate, by kind. */
export function referencedKinds(gate: Gate): string[] {
  return [...new Set(referencesOf(gate).map(({ kind }) => kindKey(kind)))];
}
