import { diffLines } from 'diff';

/** One line of a text and what becomes of it: kept, taken out, put in. */
export interface LineEdit {
  readonly sign: ' ' | '-' | '+';
  /** With its line break, if it has one. */
  readonly line: string;
}

/** Lines around a change that are shown with it. */
const CONTEXT = 3;

/**
 * The fewest line edits that turn one text into another. Time grows with the square of the number of changed lines: meant
 * for one document, not for whole files (100 gated Deployments at once take 8 s, one by one no time).
 */
export function lineEdits(before: string, after: string): LineEdit[] {
  return diffLines(before, after).flatMap(({ added, removed, value }) => {
    const sign = added ? '+' : removed ? '-' : ' ';
    return linesOf(value).map((line): LineEdit => ({ sign, line }));
  });
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** A unified diff of one file, as `patch` reads it; empty when nothing has changed. */
export function unifiedDiff(name: string, edits: readonly LineEdit[]): string {
  const hunks = hunksOf(edits);
  return hunks.length === 0 ? '' : `--- ${name}\n+++ ${name}\n${hunks.join('')}`;
}

function hunksOf(edits: readonly LineEdit[]): string[] {
  const changes = edits.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  const spans: { from: number; to: number }[] = [];
  for (const index of changes) {
    const last = spans.at(-1);
    if (last && index - CONTEXT <= last.to) last.to = index + 1 + CONTEXT;
    else spans.push({ from: Math.max(0, index - CONTEXT), to: index + 1 + CONTEXT });
  }
  let [oldLine, newLine, at] = [1, 1, 0];
  return spans.map(({ from, to }) => {
    const skipped = edits.slice(at, from);
    oldLine += skipped.length;
    newLine += skipped.length;
    at = to;
    const shown = edits.slice(from, to);
    const text = hunk(shown, oldLine, newLine);
    oldLine += shown.filter(({ sign }) => sign !== '+').length;
    newLine += shown.filter(({ sign }) => sign !== '-').length;
    return text;
  });
}

function hunk(edits: readonly LineEdit[], oldLine: number, newLine: number): string {
  const span = (start: number, absent: '+' | '-') => {
    const count = edits.filter(({ sign }) => sign !== absent).length;
    return `${count === 0 ? start - 1 : start},${count}`;
  };
  const lines = edits.map(({ sign, line }) =>
    line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`,
  );
  return `@@ -${span(oldLine, '+')} +${span(newLine, '-')} @@\n${lines.join('')}`;
}
