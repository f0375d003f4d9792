import { targetAnnotationValue } from '../api/names.ts';
import { targetKind } from '../api/settled.ts';
import type { Target } from '../api/spec.ts';
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
