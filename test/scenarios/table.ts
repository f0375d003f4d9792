import { z } from 'zod';

const tableSchema = z.object({
  columnDefinitions: z.array(z.object({ name: z.string() })),
  rows: z.array(
    z.object({
      cells: z.array(z.unknown()),
      object: z.object({ metadata: z.object({ name: z.string() }) }),
    }),
  ),
});

/** The rows of a `meta.k8s.io/v1` Table by the name of their object; cells by the name of their column. */
export function readTable(raw: unknown): Map<string, Record<string, string>> {
  const { columnDefinitions, rows } = tableSchema.parse(raw);
  return new Map(
    rows.map(({ cells, object }) => [
      object.metadata.name,
      Object.fromEntries(columnDefinitions.map(({ name }, index) => [name, String(cells[index])])),
    ]),
  );
}
