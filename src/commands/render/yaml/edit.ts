import { isNode, parseDocument, stringify } from 'yaml';
import { canonicalJson } from '../../../core/canonical.ts';
import { READING, textOf, type YamlDocument, type YamlPath } from './documents.ts';
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
  /** False where comments and form could not be kept: the document was written anew. */
  readonly keptForm: boolean;
}

/**
 * The document's text with changes in it and everything else left as it was written, to the byte. The new text is read
 * again: if it does not say what it should (an anchor inside of the change may be used outside of it), the document is
 * written anew.
 */
export function editDocument(document: YamlDocument, changes: readonly ValueChange[]): EditedText {
  const wanted = changes.reduce(
    (value: unknown, change) => withValueAt(value, change.path, change.value),
    document.value,
  );
  const text = textOf(document);
  if (isSame(wanted, document.value)) return { text, keptForm: true };
  const spliced = splice(document, wanted);
  if (spliced !== undefined && isSame(read(spliced), wanted)) return { text: spliced, keptForm: true };
  return { text: writeAnew(document, wanted), keptForm: false };
}

/** Only the comments before and after all content are left. */
function writeAnew({ source, start, ast }: YamlDocument, wanted: unknown): string {
  const before = source.text.slice(start, ast.contents?.range?.[0]);
  const after = source.text.slice(ast.range[1], ast.range[2]);
  const marker = before === '' || before.endsWith('\n') ? before : '---\n';
  return marker + stringify(wanted, { ...WRITING, aliasDuplicateObjects: false }) + after;
}

function splice({ source, start, end, ast }: YamlDocument, wanted: unknown): string | undefined {
  if (!isNode(ast.contents)) return undefined;
  const edits = new Splicer(source.text, ast).edits(ast.contents, wanted);
  return edits && withEdits(source.text, edits, start, end);
}

function read(text: string): unknown {
  const document = parseDocument(text, READING);
  return document.errors.length > 0 ? undefined : document.toJS();
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
