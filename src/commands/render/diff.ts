/** One line of a text and what becomes of it: kept, taken out, put in. */
export interface LineEdit {
  readonly sign: ' ' | '-' | '+';
  /** With its line break, if it has one. */
  readonly line: string;
}

/** Lines around a change that are shown with it. */
const CONTEXT = 3;

/**
 * The fewest line edits that turn one text into another (E. W. Myers, "An O(ND) Difference Algorithm", 1986). Time and
 * memory grow with the square of the number of changed lines: meant for one document, not for whole files.
 */
export function lineEdits(before: string, after: string): LineEdit[] {
  if (before === after) return linesOf(before).map((line) => ({ sign: ' ', line }));
  const [old, young] = [linesOf(before), linesOf(after)];
  const steps = furthestSteps(old, young);
  return walkBack(old, young, steps);
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** For each number of edits, how far one gets in the old text on each diagonal (place there less place in the new one). */
type Steps = readonly ReadonlyMap<number, number>[];

function furthestSteps(old: readonly string[], young: readonly string[]): Steps {
  const steps: Map<number, number>[] = [];
  for (let edits = 0; ; edits++) {
    const last = steps.at(-1);
    const reached = new Map<number, number>();
    steps.push(reached);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = last ? start(last, diagonal, edits) : 0;
      while (x < old.length && x - diagonal < young.length && old[x] === young[x - diagonal]) x++;
      reached.set(diagonal, x);
      if (x >= old.length && x - diagonal >= young.length) return steps;
    }
  }
}

/** Where a diagonal is entered: from above (a line put in) or from the left (a line taken out), whichever gets further. */
function start(last: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  return comesFromAbove(last, diagonal, edits)
    ? (last.get(diagonal + 1) ?? 0)
    : (last.get(diagonal - 1) ?? 0) + 1;
}

function comesFromAbove(last: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && (last.get(diagonal - 1) ?? 0) < (last.get(diagonal + 1) ?? 0);
}

function walkBack(old: readonly string[], young: readonly string[], steps: Steps): LineEdit[] {
  const result: LineEdit[] = [];
  let [x, y] = [old.length, young.length];
  for (let edits = steps.length - 1; edits >= 0; edits--) {
    const last = edits > 0 ? steps[edits - 1] : undefined;
    const diagonal = x - y;
    const entered = last ? start(last, diagonal, edits) : 0;
    while (x > entered) {
      result.push({ sign: ' ', line: old[--x] ?? '' });
      y--;
    }
    if (!last) break;
    if (comesFromAbove(last, diagonal, edits)) result.push({ sign: '+', line: young[--y] ?? '' });
    else result.push({ sign: '-', line: old[--x] ?? '' });
  }
  return result.reverse();
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
