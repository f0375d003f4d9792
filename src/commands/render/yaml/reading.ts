import {
  Composer,
  type Document,
  isNode,
  isScalar,
  type Node,
  Parser,
  type Tags,
  visit,
  type YAMLError,
} from 'yaml';

/**
 * How YAML is read in this command: as kubectl and Helm read it. That is YAML 1.1 with its booleans (`yes`), octal numbers
 * and merge keys, the last one of two equal keys; but dates and `1:30` are text there. Tried with kubectl 1.36.
 */
export const READING = {
  version: '1.1',
  schema: 'yaml-1.1',
  customTags: asInGo,
  merge: true,
  strict: false,
  uniqueKeys: false,
  prettyErrors: false,
  keepSourceTokens: true,
  logLevel: 'silent',
} as const;

/** The parser's limit of 100 uses of an anchor is lower than that of charts; without any, a small text fills the memory. */
export const EVALUATING = { maxAliasCount: 10_000 } as const;

/** How many lines are moved before a text counts as one that cannot be read. */
const MAX_MOVED_LINES = 1000;

/** What one document says. */
export interface Reading {
  /** What was parsed: the document's text, with lines moved where {@link read} says so. */
  readonly text: string;
  /** Its nodes' ranges are offsets in the text. */
  readonly ast: Document.Parsed;
  readonly value: unknown;
}

/** Why a text is no YAML. */
export interface Mistake {
  readonly message: string;
  /** The first one is 1. */
  readonly line: number;
}

/**
 * Reads one document. Lines inside of quotes and of `{…}` and `[…]` may start anywhere for kubectl, and must be deeper than
 * what they belong to for the parser used here. Blanks in front of them mean nothing, so they get some.
 */
export function read(given: string): Reading | Mistake {
  let text = given.replaceAll(/\r(?!\n)/g, '\n');
  for (let moved = 0; ; moved++) {
    const ast = compose(text);
    const [error] = ast.errors;
    if (!error) return evaluated(text, ast);
    const start = moved < MAX_MOVED_LINES ? lineTooFarLeft(text, ast, error) : undefined;
    if (start === undefined) return { message: error.message, line: lineAt(text, error.pos[0]) };
    text = text.slice(0, start) + ' '.repeat(deepestLine(given) + 2) + text.slice(start);
  }
}

/** The number of the line that an offset is in; the first one is 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function evaluated(text: string, ast: Document.Parsed): Reading | Mistake {
  try {
    return { text, ast, value: ast.toJS(EVALUATING) };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { message: error.message, line: 1 };
  }
}

/** kubectl reads no more of a text than its first document, as far as `...` ends one. */
function compose(text: string): Document.Parsed {
  const [first] = new Composer(READING).compose(new Parser().parse(text), true, text.length);
  if (!first) throw new TypeError('a text has at least an empty document');
  return first;
}

/** Start of the line that ended quotes or brackets, and not because they were closed; undefined for other mistakes. */
function lineTooFarLeft(
  text: string,
  ast: Document.Parsed,
  { code, pos: [at] }: YAMLError,
): number | undefined {
  if (code !== 'BAD_INDENT' && code !== 'MISSING_CHAR') return undefined;
  const nodes: unknown[] = [];
  visit(ast, { Node: (_, node) => void nodes.push(node) });
  const open = nodes.find((node) => isNode(node) && isUnclosed(node));
  const start = isScalar(open) ? text.indexOf('\n', at) + 1 : text.lastIndexOf('\n', at - 1) + 1;
  return open === undefined || start === 0 || start === text.length ? undefined : start;
}

function isUnclosed({ srcToken: token }: Node): boolean {
  if (token?.type === 'flow-collection')
    return token.end[0]?.type !== token.start.type.replace('start', 'end');
  if (token?.type !== 'single-quoted-scalar' && token?.type !== 'double-quoted-scalar') return false;
  return token.source.length === 1 || token.source.at(-1) !== token.source[0];
}

function deepestLine(text: string): number {
  return text
    .split('\n')
    .reduce((deepest, line) => Math.max(deepest, /^[ -]*/.exec(line)?.[0].length ?? 0), 0);
}

function asInGo(tags: Tags): Tags {
  return [...tags.filter((tag) => typeof tag === 'string' || !isTimeOrBytes(tag)), 'intOct'];
}

function isTimeOrBytes(tag: Exclude<Tags[number], string>): boolean {
  return ('format' in tag && tag.format === 'TIME') || /:(timestamp|binary)$/.test(tag.tag);
}
