import { Composer, type Document, isNode, LineCounter, Parser, type YAMLError } from 'yaml';

/** A YAML text, and what messages call it. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** Where something stands inside of a YAML document. */
export type YamlPath = readonly (string | number)[];

/** One document of a source. Its text runs from `start` to `end`; those of all documents together are the source's. */
export interface YamlDocument {
  readonly source: Source;
  /** The first one is 1. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** Its nodes' ranges are offsets in the source. */
  readonly ast: Document.Parsed;
  readonly value: unknown;
  readonly lines: LineCounter;
}

/** What is wrong with the input, one line each, for the person who wrote it. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** How YAML is read here and everywhere else in this command: merge keys (`<<`) as kubectl knows them. */
export const READING = { merge: true, prettyErrors: false } as const;

/**
 * Reads a source document by document.
 * @throws InputError with the first mistake of each document that is no YAML
 */
export function parseDocuments(source: Source): YamlDocument[] {
  const { text } = source;
  const lines = new LineCounter();
  const composed = new Composer(READING).compose(new Parser(lines.addNewLine).parse(text), true, text.length);
  const documents: { -readonly [Field in keyof YamlDocument]: YamlDocument[Field] }[] = [];
  const problems: string[] = [];
  let start = 0;
  for (const ast of composed) {
    const index = documents.length + 1;
    const [error] = ast.errors;
    if (error) problems.push(mistake(source, index, lines, error));
    const end = ast.range[2];
    documents.push({ source, index, start, end, ast, value: error ? null : ast.toJS(), lines });
    start = end;
  }
  if (problems.length > 0) throw new InputError(problems);
  const last = documents.at(-1);
  if (last) last.end = text.length;
  return documents;
}

function mistake({ name }: Source, index: number, lines: LineCounter, { pos, message }: YAMLError): string {
  return `${name}, document ${index}, line ${lines.linePos(pos[0]).line}: ${message}`;
}

/** The document's text as it was read. */
export function textOf({ source, start, end }: YamlDocument): string {
  return source.text.slice(start, end);
}

/** `deployment.yaml, document 2, line 14`: the line of what stands at a path, or of the last step that exists. */
export function placeOf({ source, index, ast, lines }: YamlDocument, path: YamlPath): string {
  const nodes = path.map((_, step) => ast.getIn(path.slice(0, step + 1), true));
  const node = [ast.contents, ...nodes].findLast(isNode);
  const offset = node?.range?.[0] ?? ast.range[0];
  return `${source.name}, document ${index}, line ${lines.linePos(offset).line}`;
}
