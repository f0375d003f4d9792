import { openAnnotation } from '../../api/names.ts';
import { openedBySpec } from '../../api/settled.ts';
import type { Gate } from '../../core/model.ts';

/** What somebody wants to be open. */
export interface Wanted {
  /** Names of dependencies; none with `all`. */
  readonly dependencies: readonly string[];
  readonly all: boolean;
  /** Takes back what was opened. */
  readonly undo: boolean;
}

/** The dependencies that are meant: their names, `*` for all, in the order in which they were named. @throws Error that says what to name */
export function meant({ spec, name }: Gate, { dependencies, all, undo }: Wanted): string[] {
  if (!spec.valid) throw new Error(`the spec of gate ${name} cannot be read: ${spec.message}`);
  if (all && dependencies.length > 0) throw new Error('name dependencies or give --all, and not both');
  if (all) return ['*'];
  const { open = [] } = spec.value;
  // What is no dependency any more may be left in spec.open all the same.
  const known = [...spec.value.dependencies.map((one) => one.name), ...(undo ? open : [])];
  if (dependencies.length === 0) throw new Error(`which dependency? ${known.join(', ')}, or --all`);
  const unknown = dependencies.filter((one) => !known.includes(one));
  if (unknown.length > 0)
    throw new Error(`gate ${name} has no dependency ${unknown.join(', ')}: it has ${known.join(', ')}`);
  const openable = openedBySpec({ ...spec.value, open: [...dependencies] });
  const closed = undo ? [] : dependencies.filter((one) => !openable.has(one));
  if (closed.length > 0)
    throw new Error(
      `${closed.join(', ')}: a container of your own cannot be opened, since nobody can tell it so`,
    );
  return [...new Set(dependencies)];
}

/** `spec.open` afterwards. `*` is all of them, whatever else it names. */
export function openAfter(before: readonly string[], names: readonly string[], undo: boolean): string[] {
  if (!undo) return names.includes('*') ? ['*'] : [...new Set([...before, ...names])];
  return names.includes('*') ? [] : before.filter((one) => !names.includes(one));
}

/** The annotations of one Pod that open dependencies for it, or take that back. `value` tells who reads them when that was. */
export function podAnnotations(
  { spec, name: gate }: Gate,
  names: readonly string[],
  value: string | null,
): Record<string, string | null> {
  const opened = names.includes('*') && spec.valid ? openedBySpec({ ...spec.value, open: ['*'] }) : names;
  return Object.fromEntries([...opened].map((name) => [openAnnotation(gate, name), value]));
}
