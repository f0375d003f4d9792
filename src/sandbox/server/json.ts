/** A JSON object whose values are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object, `{}` when it is none: for reading optional fields. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** The value as a list, `[]` when it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text, '' when it is none. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The value as a number, 0 when it is none. */
export function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** The value at a path of field names; undefined where the path ends early. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((parent, name) => fields(parent)[name], value);
}

export function without<T extends Fields>(object: T, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
