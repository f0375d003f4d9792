import { type Document, isMap, isNode, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { canonicalJson } from '../../../core/canonical.ts';
import { EVALUATING } from './reading.ts';
import { blockLines, type Edit, flowText, type Writing, withEdits, writingOf } from './text.ts';

/**
 * Finds the edits of a YAML text that make a node say something else, from the outside in: a node that says what it
 * should is left alone, a map or list is edited inside, and only what cannot be is replaced. `undefined` says that a node
 * cannot be edited inside; what it stands in then replaces it.
 *
 * Block collections are edited by whole lines: a list item goes with the comment lines above it, and a line's comment
 * stays on it. Additions inside of a collection come before those of the one around it, since both may stand at one place.
 */
export class Splicer {
  readonly #text: string;
  readonly #document: Document.Parsed;
  readonly #writing: Writing;

  constructor(text: string, document: Document.Parsed) {
    this.#text = text;
    this.#document = document;
    this.#writing = writingOf(text.slice(document.range[0], document.range[2]));
  }

  edits(node: Node, wanted: unknown): Edit[] | undefined {
    if (this.#says(node, wanted)) return [];
    if (isMap(node) && isRecord(wanted)) return this.#mapEdits(node, wanted);
    if (isSeq(node) && Array.isArray(wanted)) return this.#listEdits(node, wanted);
    const isLine = isScalar(node) && !node.type?.startsWith('BLOCK') && !node.anchor && !isCollection(wanted);
    const [start, end] = rangeOf(node);
    return isLine && end > start ? [{ start, end, text: flowText(wanted, this.#writing) }] : undefined;
  }

  #says(node: Node, wanted: unknown): boolean {
    return canonicalJson(node.toJS(this.#document, EVALUATING)) === canonicalJson(wanted);
  }

  #mapEdits(map: YAMLMap, wanted: Readonly<Record<string, unknown>>): Edit[] | undefined {
    const present: unknown = map.toJS(this.#document, EVALUATING);
    if (!isRecord(present) || map.items.length === 0) return undefined;
    if (Object.keys(present).some((key) => !(key in wanted))) return undefined;
    const changed = Object.keys(present).filter(
      (key) => canonicalJson(present[key]) !== canonicalJson(wanted[key]),
    );
    const inside = changed.map((key) => this.#valueEdits(map, key, wanted[key]));
    const added = Object.entries(wanted).filter(([key]) => !(key in present));
    const all = [...inside, added.length > 0 ? this.#additions(map, Object.fromEntries(added)) : []];
    return all.every((edits) => edits !== undefined) ? all.flat() : undefined;
  }

  #valueEdits(map: YAMLMap, key: string, wanted: unknown): Edit[] | undefined {
    // Of two equal keys the last one holds.
    const value = map.items.findLast((pair) => isScalar(pair.key) && pair.key.value === key)?.value;
    if (!isNode(value)) return undefined;
    return this.edits(value, wanted) ?? this.#replacement(map, value, wanted);
  }

  #replacement(map: YAMLMap, value: Node, wanted: unknown): Edit[] | undefined {
    const [start] = rangeOf(value);
    const end = contentEnd(value);
    if (map.flow) {
      const space = this.#text[start - 1] === ' ' ? '' : ' ';
      return [{ start, end, text: space + flowText(wanted, this.#writing) }];
    }
    if (!isCollection(wanted)) return undefined;
    const lines = blockLines(wanted, this.#blockIndent(map, wanted), this.#writing);
    if (isBlock(value)) return [{ start: this.#lineStart(start), end: this.#lineEnd(end), text: lines }];
    const before = end > start ? this.#text.slice(0, start).trimEnd().length : start;
    return [{ start: before, end, text: '' }, this.#insertion(this.#lineEnd(end), lines)];
  }

  #additions(map: YAMLMap, added: Readonly<Record<string, unknown>>): Edit[] {
    const end = contentEnd(map.items.at(-1)?.value ?? map.items.at(-1)?.key);
    if (map.flow) {
      const entries = flowText(added, this.#writing).slice(1, -1);
      return [{ start: end, end, text: `, ${entries}` }];
    }
    return [
      this.#insertion(this.#lineEnd(end), blockLines(added, this.#column(map.items[0]?.key), this.#writing)),
    ];
  }

  #listEdits(list: YAMLSeq, wanted: readonly unknown[]): Edit[] | undefined {
    const present: unknown = list.toJS(this.#document, EVALUATING);
    if (!Array.isArray(present) || present.length === 0 || wanted.length === 0) return undefined;
    const names = present.map(identity);
    const inPlace = wanted.map((value, index) => {
      const node = list.items[names.indexOf(identity(value, index))];
      return { value, node: isNode(node) ? node : undefined };
    });
    const isSameList =
      names.length === wanted.length && names.every((name, i) => name === identity(wanted[i], i));
    const inside = inPlace.map(({ value, node }) => node && this.edits(node, value));
    if (isSameList && inside.every((edits) => edits !== undefined)) return inside.flat();
    return list.flow ? this.#flowList(list, inPlace) : this.#blockList(list, inPlace);
  }

  #flowList(list: YAMLSeq, items: readonly Item[]): Edit[] {
    const texts = items.map(({ value, node }) => {
      const edits = node && this.edits(node, value);
      if (!node || !edits) return flowText(value, this.#writing);
      const [start, end] = rangeOf(node);
      return withEdits(this.#text, edits, start, end);
    });
    const [start, end] = rangeOf(list);
    return [{ start, end, text: `[${texts.join(', ')}]` }];
  }

  #blockList(list: YAMLSeq, items: readonly Item[]): Edit[] | undefined {
    const chunks = this.#chunks(list);
    const [first] = chunks;
    const last = chunks.at(-1);
    const dash = /^(?:[ \t]*(?:#.*)?\r?\n)*( *)- /.exec(this.#text.slice(first?.start, first?.end));
    if (!first || !last || !dash) return undefined;
    const { lineBreak } = this.#writing;
    const texts = items.map(({ value, node }) => {
      const chunk = chunks.find((one) => one.node === node);
      const edits = node && this.edits(node, value);
      const text =
        chunk && edits
          ? withEdits(this.#text, edits, chunk.start, chunk.end)
          : blockLines([value], dash[1]?.length ?? 0, this.#writing);
      return text.endsWith('\n') ? text : text + lineBreak;
    });
    return [{ start: first.start, end: last.end, text: texts.join('') }];
  }

  /** The lines of each item, with the comment lines above it. */
  #chunks(list: YAMLSeq): Chunk[] {
    let start = this.#aboveComments(this.#lineStart(rangeOf(list.items[0])[0]));
    return list.items.map((node) => {
      const chunk = { node, start, end: this.#lineEnd(contentEnd(node)) };
      start = chunk.end;
      return chunk;
    });
  }

  /** Start of the first of the comment and blank lines right above a line. */
  #aboveComments(lineStart: number): number {
    if (lineStart === 0) return 0;
    const above = this.#lineStart(lineStart - 1);
    return /^\s*(#.*)?\s*$/.test(this.#text.slice(above, lineStart)) ? this.#aboveComments(above) : lineStart;
  }

  #insertion(at: number, lines: string): Edit {
    const isAfterBreak = at === 0 || this.#text[at - 1] === '\n';
    return { start: at, end: at, text: isAfterBreak ? lines : this.#writing.lineBreak + lines };
  }

  /** A list may stand as deep as its key, if the text does so. */
  #blockIndent(map: YAMLMap, value: unknown): number {
    const deeper = Array.isArray(value) && !this.#writing.indentsLists ? 0 : 2;
    return this.#column(map.items[0]?.key) + deeper;
  }

  #column(node: unknown): number {
    const [start] = rangeOf(node);
    return start - this.#lineStart(start);
  }

  #lineStart(offset: number): number {
    return this.#text.lastIndexOf('\n', offset - 1) + 1;
  }

  /** Start of the line after the one that ends with what ends here. */
  #lineEnd(offset: number): number {
    if (this.#text[offset - 1] === '\n') return offset;
    const end = this.#text.indexOf('\n', offset);
    return end < 0 ? this.#text.length : end + 1;
  }
}

interface Item {
  readonly value: unknown;
  /** What stands in the list under the same name already. */
  readonly node: Node | undefined;
}

interface Chunk {
  readonly node: unknown;
  readonly start: number;
  readonly end: number;
}

function rangeOf(node: unknown): readonly [start: number, end: number] {
  if (!isNode(node) || !node.range) throw new TypeError('a node that was read has a range');
  return [node.range[0], node.range[1]];
}

/** End of what a node says: comments and blank lines after it are not in it. */
function contentEnd(node: unknown): number {
  if (isMap(node) && !node.flow) return contentEnd(node.items.at(-1)?.value ?? node.items.at(-1)?.key);
  if (isSeq(node) && !node.flow) return contentEnd(node.items.at(-1));
  return rangeOf(node)[1];
}

function isBlock(node: Node): boolean {
  return (isMap(node) || isSeq(node)) && !node.flow;
}

/** What an item of a list is known by: its name, else its place. */
function identity(value: unknown, index: number): string {
  return isRecord(value) && typeof value.name === 'string' ? `name ${value.name}` : `place ${index}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCollection(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
