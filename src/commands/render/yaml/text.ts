import { stringify } from 'yaml';

/** How new YAML is written into a text: in the ways of that text. */
export interface Writing {
  readonly lineBreak: '\n' | '\r\n';
  /** Whether list items stand deeper than the key of their list. */
  readonly indentsLists: boolean;
  /** Flow collections are written as JSON: the text is JSON. */
  readonly isJson: boolean;
}

/** A string that YAML 1.1, which Kubernetes reads, would take for something else is quoted; no line is folded. */
export const WRITING = { compat: 'yaml-1.1', lineWidth: 0, indentSeq: false } as const;

/** The ways of a text. */
export function writingOf(text: string): Writing {
  return {
    lineBreak: text.includes('\r\n') ? '\r\n' : '\n',
    indentsLists: /^( *)[^\s#-].*:[ \t]*\r?\n\1 +- /m.test(text),
    isJson: /^\s*[{[]/.test(text),
  };
}

/** Whole lines in block style, each ended by a line break. */
export function blockLines(value: unknown, indent: number, { lineBreak, indentsLists }: Writing): string {
  return stringify(value, { ...WRITING, indentSeq: indentsLists })
    .split('\n')
    .map((line) => (line === '' ? line : ' '.repeat(indent) + line))
    .join(lineBreak);
}

/** One line in flow style. */
export function flowText(value: unknown, { isJson }: Writing): string {
  if (isJson) return JSON.stringify(value);
  return stringify(value, { ...WRITING, collectionStyle: 'flow', flowCollectionPadding: false }).trimEnd();
}

/** A replacement of what stands from `start` to before `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The part of a text from `from` to `to` with edits that lie in it; those of one place are made in their order. */
export function withEdits(text: string, edits: readonly Edit[], from = 0, to = text.length): string {
  let result = '';
  let at = from;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at, to);
}
