import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** A source file as text, for tests of what its code says. */
export interface Source {
  /** Below src, with forward slashes. */
  readonly path: string;
  /** Without its comments. */
  readonly code: string;
}

export function source(path: string, code: string): Source {
  return { path, code: code.replaceAll(/\/\*.*?\*\/|(^|\s)\/\/[^\n]*/gs, '$1') };
}

/** All sources below a folder. */
export function readSources(folder: string): readonly Source[] {
  return globSync('**/*.ts', { cwd: folder }).map((path) =>
    source(path, readFileSync(join(folder, path), 'utf8')),
  );
}

/** The modules that a source names in imports of values and of types, exports and dynamic imports. */
export function importsOf({ code }: Source): string[] {
  const specifiers = code.matchAll(/(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*(['"])(.+?)\1/g);
  return [...specifiers].flatMap(([, , specifier]) => specifier ?? []);
}

/** The paths of our own sources among them. */
export function ownImportsOf(from: Source): string[] {
  return importsOf(from)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => normalize(join(dirname(from.path), specifier)));
}

/** A circle in each group of sources that import each other, whether values or types: `a → b → a`. */
export function importCircles(sources: readonly Source[]): string[] {
  const imports = new Map(sources.map((from) => [from.path, ownImportsOf(from)]));
  const done = new Set<string>();
  const circles: string[] = [];
  const follow = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const imported of imports.get(path) ?? []) follow(imported, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) follow(path, []);
  return circles;
}
