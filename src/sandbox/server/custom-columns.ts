import { ageOf } from './age.ts';
import type { Column } from './column.ts';
import { type Fields, fields, list, number, text } from './json.ts';

/** The `additionalPrinterColumns` of a version of a CustomResourceDefinition. */
export function customColumns(version: Fields): readonly Column[] {
  return list(version.additionalPrinterColumns).map((item) => {
    const { name, type, description, priority, jsonPath } = fields(item);
    const find = jsonPathFinder(text(jsonPath));
    return {
      name: text(name),
      type: text(type),
      description: text(description),
      priority: number(priority),
      cell: (object, now) => {
        const found = find(object);
        if (found.length === 0) return null;
        return type === 'date' ? ageOf(found[0], now) : found.length === 1 ? found[0] : found.join(' ');
      },
    };
  });
}

type Step = (value: unknown) => readonly unknown[];

/**
 * Finds the values at a JSONPath of the simple form that printer columns have: `.field`, `['field']`, `[0]`, `[*]`
 * and `[?(@.field=="value")]`, with `\.` for a dot in a field's name.
 */
export function jsonPathFinder(path: string): (value: unknown) => readonly unknown[] {
  const steps = [...path.matchAll(/\.((?:\\.|[^.[\\])+)|\[([^\]]*)\]/g)].map(([, name, index]) =>
    name === undefined ? bracket(index ?? '') : field(name.replaceAll('\\', '')),
  );
  return (value) => steps.reduce<readonly unknown[]>((found, step) => found.flatMap(step), [value]);
}

function field(name: string): Step {
  return (value) => present(fields(value)[name]);
}

function bracket(index: string): Step {
  const [, key, wanted] = /^\?\(@\.([^=]+?)\s*==\s*["'](.*)["']\)$/.exec(index) ?? [];
  if (key !== undefined) return (value) => list(value).filter((item) => fields(item)[key] === wanted);
  const [, quoted] = /^'(.*)'$/.exec(index) ?? [];
  if (quoted !== undefined) return field(quoted);
  return index === '*' ? list : (value) => present(list(value)[Number(index)]);
}

function present(value: unknown): readonly unknown[] {
  return value === undefined || value === null ? [] : [value];
}
