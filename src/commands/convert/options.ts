import { Unclear } from './init-container.ts';

/** Ends the reading of a program that does what a gate has no words for. */
export function unknown(what: string): never {
  throw new Unclear(`${what} is not understood`);
}

/** The words that are no options, and the options that stand alone or take a word. */
export function parse(args: readonly string[], taking: string, alone: string) {
  const words: string[] = [];
  const options = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? '';
    if (!word.startsWith('-') || word === '-') words.push(word);
    else index += option(word, args[index + 1] ?? '', { taking, alone, options });
  }
  return { words, options };
}

interface OptionNames {
  /** Names of options, with blanks between. */
  readonly taking: string;
  readonly alone: string;
  readonly options: Map<string, string>;
}

/** Reads one option, or several short ones in a word; says how many more words it has taken. */
function option(word: string, next: string, { taking, alone, options }: OptionNames): number {
  const [name = '', value] = word.split(/=(.*)/s);
  const knows = (list: string, one: string) => list.split(' ').includes(one);
  if (knows(taking, name)) {
    options.set(name, value ?? next);
    return value === undefined ? 1 : 0;
  }
  if (knows(alone, word)) {
    options.set(word, '');
    return 0;
  }
  if (word.startsWith('--') || word.length === 2) unknown(`option ${word}`);
  return [...word.slice(1)].reduce((taken, letter, index) => {
    if (taken > 0) return taken;
    const short = `-${letter}`;
    if (knows(alone, short)) options.set(short, '');
    else if (knows(taking, short)) {
      const rest = word.slice(index + 2);
      options.set(short, rest || next);
      return rest === '' ? 1 : 2;
    } else unknown(`option ${word}`);
    return 0;
  }, 0) === 1
    ? 1
    : 0;
}
