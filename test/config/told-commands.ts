import { globSync } from 'node:fs';
import { GENERATED } from '../../src/api/generate.ts';
import { ROOT, read } from './manifests.ts';

/** What documents tell people to run, taken apart into words as a shell does, as far as a document needs it. */

/** All that people read, except for what is generated, whose lines are one field each. */
export const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', '.github/**/*.md', 'config/**/*.md'], {
  cwd: ROOT,
}).filter((path) => !(path in GENERATED));

/** A command of a document. */
export interface ToldCommand {
  readonly words: readonly string[];
  /** In the middle of a sentence, where arguments may be left out. */
  readonly isInline: boolean;
}

const BLOCK = /^ *```(\w*)\n(.*?)^ *```$/gms;
const HERE_DOCUMENT = /<<'(\w+)'\n.*?^\1$/gms;
/** A word, with quotes in it; or what ends a command; or a comment. What else there is stands between words. */
const TOKEN =
  /(?<word>(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[^\n]|[^\s'"\\|;&<>()#])(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[^\n]|[^\s'"\\|;&<>()])*)|(?<end>[\n|;&<>()])|#[^\n]*/g;

/** The commands in the `sh` blocks of a document, behind `$` in its transcripts, and in its sentences. */
export function commandsIn(path: string): ToldCommand[] {
  const text = read(path);
  const inBlocks = [...text.matchAll(BLOCK)].flatMap(([, language, block = '']) =>
    commandsOf(language === 'sh' ? block : typed(block)),
  );
  const spans = [...text.replaceAll(BLOCK, '').matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
  return [
    ...inBlocks.map((words) => ({ words, isInline: false })),
    ...spans.flatMap(commandsOf).map((words) => ({ words, isInline: true })),
  ];
}

/** The lines of a transcript that a person typed. */
function typed(transcript: string): string {
  return [...transcript.matchAll(/^\$ (.*)$/gm)].map(([, line]) => line).join('\n');
}

/** The words of each command of a script. */
export function commandsOf(script: string): string[][] {
  const commands: string[][] = [[]];
  const text = script.replaceAll(HERE_DOCUMENT, '').replaceAll(/\\\n\s*/g, ' ');
  for (const { groups: { word, end } = {} } of text.matchAll(TOKEN)) {
    if (end !== undefined) commands.push([]);
    else if (word !== undefined) commands.at(-1)?.push(unquoted(word));
  }
  return commands
    .map((words) => (words[0] === 'exec' ? words.slice(1) : words))
    .filter((words) => words.length > 0);
}

function unquoted(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\(.)/g,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? escaped ?? double?.replaceAll(/\\(["\\$])/g, '$1') ?? '',
  );
}

/** The values of an option, given as `--name value`, `--name=value` or `-n value`. */
export function valuesOf(words: readonly string[], ...names: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    const name = names.find((one) => word === one || (one.startsWith('--') && word.startsWith(`${one}=`)));
    if (name === undefined) return [];
    return word === name ? words.slice(at + 1, at + 2) : [word.slice(name.length + 1)];
  });
}
