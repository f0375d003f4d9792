import { plain } from '../../api/plain.ts';

/** Columns as kubectl prints them: as wide as their widest cell, three spaces between, the last one as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = columnWidths(rows);
  return rows.map((row) => `${aligned(row, widths)}\n`).join('');
}

/** So wide that all of the rows fit. */
export function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const columns = Math.max(0, ...rows.map(({ length }) => length));
  return Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => plain(row[column] ?? '').length)),
  );
}

/** A row in columns of these widths; a cell that is wider moves what follows it, as it does with kubectl. */
export function aligned(row: readonly string[], widths: readonly number[]): string {
  return row
    .map(plain)
    .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
    .join('   ')
    .trimEnd();
}
