import { targetAnnotationValue } from '../api/names.ts';
import { targetKind } from '../api/settled.ts';
import { TARGET_KINDS, type Target, type TargetKind } from '../api/spec.ts';
import type { TargetStatus } from '../api/status.ts';
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

/** What a gate's status tells of a target; undefined where it does not tell of it. */
export function statusOfTarget(
  { status: { targets = [] } }: Pick<Gate, 'status'>,
  { kind, name }: Pick<TargetStatus, 'kind' | 'name'>,
): TargetStatus | undefined {
  return targets.find((one) => one.kind === kind && one.name === name);
}

/** What `<Kind>/<name>` names; undefined where that is nothing that can be a target. */
export function parseTarget(
  target: string,
): { readonly kind: TargetKind; readonly name: string } | undefined {
  const kind = TARGET_KINDS.find((one) => target.startsWith(targetAnnotationValue(one, '')));
  return kind && { kind, name: target.slice(targetAnnotationValue(kind, '').length) };
}
