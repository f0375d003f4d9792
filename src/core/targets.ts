import { targetAnnotationValue } from '../api/names.ts';
import type { Gate } from './model.ts';

/** The targets that a gate names, as `<Kind>/<name>`; none while its spec cannot be read. */
export function targetKeys({ spec }: Gate): Set<string> {
  if (!spec.valid) return new Set();
  return new Set(
    spec.value.targets.map(({ kind = 'Deployment', name }) => targetAnnotationValue(kind, name)),
  );
}
