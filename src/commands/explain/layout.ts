import { plain } from '../../api/plain.ts';

/** A line of the picture, before it is laid out. */
export interface Line {
  /** `heading`: of a section. `text`: is wrapped. `verbatim`: a command or a log line, to be copied as it is. */
  readonly is: 'heading' | 'text' | 'verbatim';
  readonly text: string;
  /** Columns before it; for text that is wrapped, `hang` more from the second line on. */
  readonly indent: number;
  readonly hang: number;
}

export const WIDTH = 100;

export function heading(text: string): Line {
  return { is: 'heading', text, indent: 0, hang: 0 };
}

export function text(indent: number, words: string, hang = 2): Line {
  return { is: 'text', text: words, indent, hang };
}

export function verbatim(indent: number, words: string): Line {
  return { is: 'verbatim', text: words, indent, hang: 0 };
}

/** The text, with an empty line before each heading but the first. `emphasize` is for headings. */
export function layOut(
  lines: readonly Line[],
  emphasize: (heading: string) => string = (heading) => heading,
): string {
  const laid = lines.flatMap((line, index) => {
    const clean = plain(line.text);
    if (line.is === 'heading') return [...(index === 0 ? [] : ['']), emphasize(clean)];
    return line.is === 'verbatim' ? [' '.repeat(line.indent) + clean] : wrapped({ ...line, text: clean });
  });
  return laid.map((line) => `${line.trimEnd()}\n`).join('');
}

/** A word that is longer than a line stays whole, since it may be a name to copy. */
function wrapped({ text: words, indent, hang }: Line): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let isEmpty = true;
  for (const word of words.split(/(?<=\S) (?=\S)/)) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = ' '.repeat(indent + hang);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
