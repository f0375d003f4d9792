import { expect } from 'chai';
import fc from 'fast-check';
import { lineEdits, unifiedDiff } from '../../../src/commands/render/diff.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
const texts = fc
  .tuple(lines, fc.boolean())
  .map(([some, ends]) => some.join('\n') + (ends && some.length > 0 ? '\n' : ''));

/** Length of the longest common subsequence, by the textbook. */
function commonLines(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => table[i]?.[j] ?? 0;
  a.forEach((line, i) => {
    b.forEach((other, j) => {
      const row = table[i + 1];
      if (row) row[j + 1] = line === other ? at(i, j) + 1 : Math.max(at(i, j + 1), at(i + 1, j));
    });
  });
  return at(a.length, b.length);
}

const split = (text: string) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

describe('lineEdits', () => {
  it('holds the old text and the new one, with as few changes as there can be', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const edits = lineEdits(before, after);
        const without = (sign: string) =>
          edits
            .filter((edit) => edit.sign !== sign)
            .map(({ line }) => line)
            .join('');
        expect(without('+')).to.equal(before);
        expect(without('-')).to.equal(after);
        const kept = edits.filter(({ sign }) => sign === ' ').length;
        expect(kept).to.equal(commonLines(split(before), split(after)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('unifiedDiff', () => {
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('');

  it('is empty when nothing has changed', () => {
    expect(unifiedDiff('x', lineEdits('a\nb\n', 'a\nb\n'))).to.equal('');
  });

  it('shows three lines around a change, with the place of both sides', () => {
    const after = numbered(1, 10).replace('5\n', '5\n5a\n');
    expect(unifiedDiff('x.yaml', lineEdits(numbered(1, 10), after))).to.equal(
      '--- x.yaml\n+++ x.yaml\n@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+5a\n 6\n 7\n 8\n',
    );
  });

  it('counts the lines between two hunks, and joins hunks that would overlap', () => {
    const before = numbered(1, 30);
    const far = unifiedDiff(
      'x',
      lineEdits(before, before.replace('2\n', 'two\n').replace('25\n', '25\n25a\n')),
    );
    expect(far.match(/^@@.*@@$/gm)).to.deep.equal(['@@ -1,5 +1,5 @@', '@@ -23,6 +23,7 @@']);
    const near = unifiedDiff('x', lineEdits(before, before.replace('10\n', '').replace('15\n', '15a\n')));
    expect(near.match(/^@@.*@@$/gm)).to.deep.equal(['@@ -7,12 +7,11 @@']);
  });

  it('says where a last line has no line break, and where one side is empty', () => {
    expect(unifiedDiff('x', lineEdits('a', 'a\n'))).to.equal(
      '--- x\n+++ x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n',
    );
    expect(unifiedDiff('x', lineEdits('', 'a\n'))).to.contain('@@ -0,0 +1,1 @@');
  });
});
