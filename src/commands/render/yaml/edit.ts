import { isNode, stringify } from 'yaml';
import { canonicalJson } from '../../../core/canonical.ts';
import type { YamlDocument, YamlPath } from './documents.ts';
import { type Reading, read } from './reading.ts';
import { Splicer } from './splice.ts';
import { WRITING, withEdits } from './text.ts';
import { withValueAt } from './value-at.ts';

/** What is to stand at a place of a document. */
export interface ValueChange {
  readonly path: YamlPath;
  readonly value: unknown;
}

export interface EditedText {
  readonly text: string;
  /** False where comments and form could not be kept: the document was written again. */
  readonly keptForm: boolean;
}

/**
 * The document's text with changes in it and everything else left as it was written, to the byte. The new text is read
 * again: if it does not say what it should (an anchor inside of the change may be used outside of it), the document is
 * written again.
 */
export function editDocument(document: YamlDocument, changes: readonly ValueChange[]): EditedText {
  const { head, reading, text } = document;
  if (!reading) return { text, keptForm: true };
  const wanted = changes.reduce(
    (value: unknown, change) => withValueAt(value, change.path, change.value),
    reading.value,
  );
  if (isSame(wanted, reading.value)) return { text, keptForm: true };
  const spliced = splice(reading, wanted);
  if (spliced !== undefined && says(spliced, wanted)) return { text: head + spliced, keptForm: true };
  return { text: head + writeAnew(reading, wanted), keptForm: false };
}

/** Only the comments before and after all content are left. */
function writeAnew({ text, ast }: Reading, wanted: unknown): string {
  const before = text.slice(0, ast.contents?.range?.[0]);
  const after = text.slice(ast.range[1]);
  const marker = before === '' || before.endsWith('\n') ? before : '---\n';
  return marker + stringify(wanted, { ...WRITING, aliasDuplicateObjects: false }) + after;
}

function splice({ text, ast }: Reading, wanted: unknown): string | undefined {
  if (!isNode(ast.contents)) return undefined;
  const edits = new Splicer(text, ast).edits(ast.contents, wanted);
  return edits && withEdits(text, edits);
}

function says(text: string, wanted: unknown): boolean {
  const reading = read(text);
  return 'ast' in reading && isSame(reading.value, wanted);
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
