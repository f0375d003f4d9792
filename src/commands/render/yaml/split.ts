/** A piece of a text, between separator lines. */
export interface Piece {
  /** The separator line that it begins with, and a byte order mark; empty for the first one without. */
  readonly head: string;
  readonly body: string;
}

/** Where a document may begin: at a line of three dashes that nothing but blanks or a comment follows directly. */
const SEPARATOR = /(?<![^\n])(?=\uFEFF?---(?:[\s#]|$))/;

/** A whole separator line, as kubectl drops it. What else stands after the dashes is a part of the document. */
const HEAD = /^(?:\uFEFF?---[ \t]*(?:#[^\n]*)?\r?(?:\n|$))?\uFEFF?/;

/** The beginning of a line that says something. */
const CONTENT = /^[ \t]*[^\s#]/m;

const NOTHING: Piece = { head: '', body: '' };

/** Takes a text apart at its separator lines. Nothing is lost: the pieces together are the text. */
export function splitText(text: string): Piece[] {
  const [first = NOTHING, ...more] = text.split(SEPARATOR).map((piece) => {
    const head = HEAD.exec(piece)?.[0] ?? '';
    return { head, body: piece.slice(head.length) };
  });
  const [second, ...others] = more;
  // Comments before the first separator are no document of their own.
  if (second && first.head === '' && !CONTENT.test(first.body))
    return [{ ...second, head: first.body + second.head }, ...others];
  return [first, ...more];
}

/** Takes JSON objects apart that follow each other with nothing between them (`jq .items[]`); anything else is one part. */
export function splitJson(text: string): string[] {
  if (!/^\s*\{/.test(text)) return [text];
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}]/gs)) {
    if (token === '{') depth++;
    if (token !== '}' || --depth > 0) continue;
    const end = index + 1 + (/^\s*/.exec(text.slice(index + 1))?.[0].length ?? 0);
    parts.push(text.slice(start, end));
    start = end;
  }
  return start === text.length && parts.length > 1 && parts.every(isJson) ? parts : [text];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
