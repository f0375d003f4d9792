/** Values to be met exactly, or texts to be matched. */
export type Expected<View> = { readonly [Field in keyof View]?: View[Field] | RegExp };

/** The fields that are not as expected, each with what it is; empty when all are. */
export function mismatches<View extends object>(view: View, expected: Expected<View>): string[] {
  const actual = new Map<string, unknown>(Object.entries(view));
  return Object.entries(expected)
    .filter(([field, wanted]) => !meets(actual.get(field), wanted))
    .map(([field, wanted]) => `${field} is ${JSON.stringify(actual.get(field))} and not ${wanted}`);
}

function meets(value: unknown, wanted: unknown): boolean {
  return wanted instanceof RegExp ? wanted.test(String(value)) : value === wanted;
}
