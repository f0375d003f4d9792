import { isNode } from 'yaml';
import { lineAt, type Mistake, type Reading, read } from './reading.ts';
import { splitJson, splitText } from './split.ts';

/** A YAML text, and what messages call it. */
export interface TextSource {
  readonly name: string;
  readonly text: string;
  /** `latin1` for what is no UTF-8: its bytes are its characters, so that it is printed as it was. Default: utf8. */
  readonly encoding?: 'utf8' | 'latin1';
}

/** Where something stands inside of a YAML document. */
export type YamlPath = readonly (string | number)[];

/** One document of a source. Its text is `head` and `body`; those of all documents together are the source's. */
export class YamlDocument {
  readonly source: TextSource;
  /** The first one is 1. */
  readonly index: number;
  /** The separator line before it, if there is one. */
  readonly head: string;
  readonly body: string;
  /** Line of the source that the body begins in. */
  readonly line: number;
  #read: Reading | Mistake | undefined;

  constructor({
    source,
    index,
    head,
    body,
    line,
  }: Pick<YamlDocument, 'source' | 'index' | 'head' | 'body' | 'line'>) {
    this.source = source;
    this.index = index;
    this.head = head;
    this.body = body;
    this.line = line;
  }

  /** The document's text as it was read. */
  get text(): string {
    return this.head + this.body;
  }

  /** What it says; undefined where it cannot be read. It is read when that is asked for: some documents are huge. */
  get reading(): Reading | undefined {
    this.#read ??= read(this.body);
    return 'ast' in this.#read ? this.#read : undefined;
  }

  /** Why it cannot be read; undefined where it can. */
  get mistake(): Mistake | undefined {
    this.#read ??= read(this.body);
    return 'message' in this.#read ? this.#read : undefined;
  }
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

/**
 * Takes a source apart into its documents, as kubectl does: at separator lines, and JSON also without them. Nothing is
 * refused, since whoever applies a document may take what is not understood here.
 */
export function parseDocuments(source: TextSource): YamlDocument[] {
  const documents: YamlDocument[] = [];
  let line = 1;
  for (const { head, body } of splitText(source.text)) {
    line += lineAt(head, head.length) - 1;
    for (const [part, text] of splitJson(body).entries()) {
      const index = documents.length + 1;
      documents.push(new YamlDocument({ source, index, head: part === 0 ? head : '', body: text, line }));
      line += lineAt(text, text.length) - 1;
    }
  }
  return documents;
}

/** `deployment.yaml, document 2, line 14`: the line of what stands at a path, or of the last step that exists. */
export function placeOf({ source, index, line, reading, mistake }: YamlDocument, path: YamlPath): string {
  const within = reading ? lineOf(reading, path) : (mistake?.line ?? 1);
  return `${source.name}, document ${index}, line ${line + within - 1}`;
}

function lineOf({ text, ast }: Reading, path: YamlPath): number {
  const nodes = path.map((_, step) => ast.getIn(path.slice(0, step + 1), true));
  const node = [ast.contents, ...nodes].findLast(isNode);
  return lineAt(text, node?.range?.[0] ?? ast.range[0]);
}
