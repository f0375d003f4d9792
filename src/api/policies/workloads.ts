import { DEFAULT_TARGET_KIND } from '../defaults.ts';

/** CEL: the kind of a gate's target `name`. */
export function kindOf(name: string): string {
  return `(has(${name}.kind) ? ${name}.kind : '${DEFAULT_TARGET_KIND}')`;
}
