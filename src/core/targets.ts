import { targetAnnotationValue } from '../api/names.ts';
import { targetKind } from '../api/settled.ts';
import { TARGET_KINDS, type Target, type TargetKind } from '../api/spec.ts';
import type { Gate } from './model.ts';

/** A target as `<Kind>/<name>`, its kind settled. */
export function targetKey(target: Target): string {
  return targetAnnotationValue(targetKind(target), target.name);
}

/** The targets that a gate names, as `<Kind>/<name>`; none while its spec cannot be read. */
export function targetKeys({ spec }: Gate): Set<string> {
  if (!spec.valid) return new Set();
  return new Set(spec.value.targets.map(targetKey));
}

/** What `<Kind>/<name>` names; undefined where that is nothing that can be a target. */
export function parseTarget(
  target: string,
): { readonly kind: TargetKind; readonly name: string } | undefined {
  const kind = TARGET_KINDS.find((one) => target.startsWith(targetAnnotationValue(one, '')));
  return kind && { kind, name: target.slice(targetAnnotationValue(kind, '').length) };
}
