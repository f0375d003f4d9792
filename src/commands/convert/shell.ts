import { Unclear } from './init-container.ts';

/**
 * Reads the shell scripts that people write to wait, and no others: what is not one of these is not understood, and
 * nothing is guessed.
 */

const SHELLS = /^(?:.*\/)?(?:sh|bash|ash|dash)$/;
/** `sleep`, messages, and what makes no difference to what is waited for. */
const IDLE = /^(?:sleep|echo|printf|date|true|set|exit \d+|:)(?:\s|$)/;
/** `until TEST; do …; done`, and whatever is said after it. */
const LOOP = /^(?:until|while\s+!)\s+(?<test>.+?)\s*[;\n]\s*do\b\s*(?<body>.*?)[;\n]\s*done\b(?<after>.*)$/s;
/** `while true; do TEST && break; …; done`, and the same a number of times. */
const ENDED_WITHIN =
  /^(?<times>while\s+(?:true|:)|for\s+\w+\s+in\s+.+?)\s*[;\n]\s*do\b\s*(?<test>.+?)\s*&&\s*(?:break|exit 0)\s*[;\n]\s*(?<body>.*?)[;\n]\s*done\b(?<after>.*)$/s;
/** Input that is nothing, and output that goes nowhere. */
const REDIRECTION = /\s*(?:<\s*\/dev\/null|\d?&?>{1,2}\s*(?:&\d|\/dev\/\S+))/g;

/** A command that is repeated until it succeeds, or that is run once. */
export interface Waiting {
  readonly words: readonly string[];
  /** The words as they stood there, for people. */
  readonly text: string;
  /** Whether it is given up after a number of times. */
  readonly givesUp: boolean;
}

/**
 * The script of `sh -c SCRIPT`; undefined for a program without a shell.
 * @param words command and arguments of a container
 */
export function scriptOf(words: readonly string[]): string | undefined {
  const [program = '', ...rest] = words;
  const at = rest.findIndex((word) => /^-[a-z]*c$/.test(word));
  return SHELLS.test(program) && at >= 0 ? rest[at + 1] : undefined;
}

/**
 * The commands that a script waits for, in their order.
 * @throws Unclear for a script that does anything else
 */
export function waitsIn(script: string): Waiting[] {
  const waits = statements(script.replaceAll(/\\\n/g, ' ').trim()).flatMap(waitsOfStatement);
  if (waits.length === 0) throw new Unclear('it waits for nothing');
  return waits;
}

function waitsOfStatement(statement: string): Waiting[] {
  if (IDLE.test(statement)) return [];
  const loop = LOOP.exec(statement)?.groups ?? ENDED_WITHIN.exec(statement)?.groups;
  if (!loop && /^(?:until|while|for|if)\b/.test(statement)) throw new Unclear('its loop is not understood');
  if (!loop) return tests(statement, false);
  const { test = '', body = '', after = '', times = '' } = loop;
  const others = [...statements(body), ...after.split(/&&/).map((one) => one.trim())];
  if (!others.every((one) => one === '' || IDLE.test(one)))
    throw new Unclear('its loop does more than wait and say so');
  return tests(test, times.startsWith('for'));
}

/** All commands of `a && b`; messages among them are left out. */
function tests(text: string, givesUp: boolean): Waiting[] {
  return text
    .split(/\s*&&\s*/)
    .map((one) => one.replaceAll(REDIRECTION, '').trim())
    .filter((one) => one !== '' && !IDLE.test(one))
    .map((one) => ({ words: withoutLimit(wordsOf(one)), text: one, givesUp }));
}

/** `timeout 5 nc …` is what it limits: an attempt of a gate has its own time. */
function withoutLimit(words: readonly string[]): readonly string[] {
  return words[0] === 'timeout' ? words.slice(words[1] === '-t' ? 3 : 2) : words;
}

/** Takes a script apart at its semicolons and lines; a loop is one statement. */
function statements(script: string): string[] {
  const parts = script.split(/\s*[;\n]\s*/).filter((part) => part !== '' && !part.startsWith('#'));
  const all: string[] = [];
  let depth = 0;
  for (const part of parts) {
    if (depth > 0) all.push(`${all.pop() ?? ''}\n${part}`);
    else all.push(part);
    if (/^(?:until|while|for|if)\s/.test(part)) depth += 1;
    if (/^(?:done|fi)\b/.test(part)) depth -= 1;
  }
  return all;
}

/** @throws Unclear for anything but words, quoted or not */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = /^(?:"(?:[^"\\`]|\\.)*"|'[^']*'|\$\(\w+\)|\$\{\w+\}|[^\s"'`|;&<>(){}\\]|\\.)+/.exec(rest);
    if (!match) throw new Unclear(`it has more than commands in it: ${rest.slice(0, 40)}`);
    words.push(unquoted(match[0]));
    rest = rest.slice(match[0].length).trim();
  }
  return words;
}

function unquoted(word: string): string {
  return word.replaceAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g, (_, double, single, escaped) =>
    String(single ?? escaped ?? String(double).replaceAll(/\\(.)/g, '$1')),
  );
}
