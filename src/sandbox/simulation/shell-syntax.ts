/** A script, as far as the stand-in understands it. Each part is named as in POSIX (Shell Command Language, 2.9). */
export type List = readonly AndOr[];
export type AndOr = readonly { readonly operator: '' | '&&' | '||'; readonly pipeline: Pipeline }[];
export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Command[];
}
export type Command =
  | { readonly kind: 'simple'; readonly words: readonly Word[] }
  | { readonly kind: 'loop'; readonly until: boolean; readonly test: List; readonly body: List };
/** What expands to text; the text of what is not quoted is split into fields. */
export type Word = readonly Part[];
export type Part = { readonly quoted: boolean; readonly is: Literal | Variable | Substitution };
export type Literal = { readonly text: string };
export type Variable = { readonly variable: string };
export type Substitution = { readonly list: List };

/** The script has something that the stand-in does not play; the message says what. */
export class NotPlayed extends Error {
  override readonly name = 'NotPlayed';
}

const COMMENT = '#[^\\n]*';
const BLANK = new RegExp(`(?:[ \\t\\r]|\\\\\\n)+(?:${COMMENT})?`, 'y');
const SEPARATOR = new RegExp(`(?:[\\s;]|\\\\\\n|${COMMENT})+`, 'y');
const CLOSING = /(?=(?:do|done)(?![^\s;)])|\))/y;
const PLAIN = /[^\s;|&<>()`$"'\\]+/y;
const PLAIN_IN_QUOTES = /[^`$"\\]+/y;
const SINGLE_QUOTED = /'([^']*)'/y;
const ESCAPED = /\\(.)/sy;
const VARIABLE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/y;

/** Reads a script. Throws `NotPlayed`. */
export function parseScript(source: string): List {
  return new Parser(source).script();
}

class Parser {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  script(): List {
    const list = this.#list();
    if (this.#at < this.#source.length) throw this.#notPlayed();
    return list;
  }

  /** Up to `do`, `done`, a closing parenthesis or the end. */
  #list(): List {
    const list: AndOr[] = [];
    while (true) {
      this.#match(SEPARATOR);
      if (this.#at >= this.#source.length || this.#match(CLOSING)) return list;
      list.push(this.#andOr());
      if (!/^(?:[;\n)]|$)/.test(this.#source.slice(this.#at))) throw this.#notPlayed();
    }
  }

  #andOr(): AndOr {
    const steps: AndOr[number][] = [{ operator: '', pipeline: this.#pipeline() }];
    for (let found = this.#match(/&&|\|\|/y); found; found = this.#match(/&&|\|\|/y)) {
      this.#match(/\s+/y);
      steps.push({ operator: found[0] === '&&' ? '&&' : '||', pipeline: this.#pipeline() });
    }
    return steps;
  }

  #pipeline(): Pipeline {
    const negated = this.#match(/!\s+/y) !== null;
    const commands = [this.#command()];
    while (this.#match(/\|(?!\|)\s*/y)) commands.push(this.#command());
    return { negated, commands };
  }

  #command(): Command {
    const [, keyword] = this.#match(/(until|while)(?=\s)/y) ?? [];
    if (keyword === undefined) return { kind: 'simple', words: this.#words() };
    const test = this.#list();
    this.#expect(/do(?=[\s;])/y);
    const body = this.#list();
    this.#expect(/done/y);
    this.#match(BLANK);
    return { kind: 'loop', until: keyword === 'until', test, body };
  }

  #words(): readonly Word[] {
    const words: Word[] = [];
    for (let word = this.#word(); word.length > 0; word = this.#word()) {
      words.push(word);
      this.#match(BLANK);
    }
    if (words.length === 0) throw this.#notPlayed();
    return words;
  }

  #word(): Word {
    const parts: Part[] = [];
    while (true) {
      const [text] = this.#match(PLAIN) ?? [];
      const [, verbatim] = this.#match(SINGLE_QUOTED) ?? this.#match(ESCAPED) ?? [];
      if (text !== undefined) parts.push({ quoted: false, is: { text } });
      if (verbatim !== undefined) parts.push({ quoted: true, is: { text: verbatim } });
      else if (this.#match(/"/y)) parts.push(...this.#doubleQuoted());
      else if (this.#source[this.#at] === '$') parts.push({ quoted: false, is: this.#expansion() });
      else if (text === undefined) return parts;
    }
  }

  #doubleQuoted(): readonly Part[] {
    const parts: Part[] = [{ quoted: true, is: { text: '' } }];
    while (!this.#match(/"/y)) {
      const [text] = this.#match(PLAIN_IN_QUOTES) ?? [];
      parts.push({ quoted: true, is: text === undefined ? this.#expansion() : { text } });
    }
    return parts;
  }

  #expansion(): Variable | Substitution {
    const [, braced, bare] = this.#match(VARIABLE) ?? [];
    const variable = braced ?? bare;
    if (variable !== undefined) return { variable };
    this.#expect(/\$\((?!\()/y);
    const list = this.#list();
    this.#expect(/\)/y);
    return { list };
  }

  #expect(pattern: RegExp): void {
    if (!this.#match(pattern)) throw this.#notPlayed();
  }

  #notPlayed(): NotPlayed {
    const rest = this.#source.slice(this.#at, this.#at + 20);
    return new NotPlayed(rest === '' ? 'a script that ends too early' : `'${rest}'`);
  }

  #match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#source);
    this.#at += match?.[0].length ?? 0;
    return match;
  }
}
