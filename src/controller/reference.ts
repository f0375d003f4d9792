import { KIND } from '../api/names.ts';
import type { TargetKind } from '../api/spec.ts';
import type { ObjectKey } from '../kube/object.ts';

/** An object that the operator writes to. */
export interface Reference extends ObjectKey {
  readonly kind: string;
}

export interface GateReference extends ObjectKey {
  readonly kind: typeof KIND;
}

export interface WorkloadReference extends ObjectKey {
  readonly kind: TargetKind;
}

/** What is reconciled. */
export type Reconciled = GateReference | WorkloadReference;

/** The same for the same object, and for no other. It is compared, and never taken apart. */
export function idOf({ kind, namespace, name }: Reference): string {
  return `${kind}/${namespace}/${name}`;
}

export function referenceTo({ namespace, name }: ObjectKey): GateReference {
  return { kind: KIND, namespace, name };
}
