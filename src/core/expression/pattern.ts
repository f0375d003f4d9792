import { RE2JS } from '@bufbuild/re2';

/** An expression is no longer either. What a pattern is made of may be: the library takes time in the square of it. */
const MAX_LENGTH = 1024;

/** More states than this make a pattern dear to compile (up to 10 µs a state) and to match. */
const MAX_STATES = 1000;

export class PatternError extends Error {}

export interface Pattern {
  /** Time to match is at most proportional to the text's length times this. */
  readonly states: number;
  matches(text: string): boolean;
}

/**
 * A pattern of RE2: no lookaround, no back-references, and time linear in the text.
 *
 * @throws {PatternError} in RE2's words where it is none; or where it is too large, which is found before it is compiled.
 */
export function compilePattern(source: string): Pattern {
  if (source.length > MAX_LENGTH)
    throw new PatternError(`the pattern is too large: it has more than ${MAX_LENGTH} characters`);
  const states = estimateStates(source);
  if (states > MAX_STATES)
    throw new PatternError(`the pattern is too large: it has more than ${MAX_STATES} states`);
  const compiled = compile(source);
  return { states, matches: (text) => compiled.test(text) };
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    throw new PatternError(error instanceof Error ? error.message : 'invalid pattern');
  }
}

/**
 * One token of a pattern: quoted text, a class, an escape, a counted repetition, or a character. A class that is not closed
 * goes to the end: were it none, each bracket behind it would be tried again, in time quadratic in the pattern's length.
 */
const TOKEN =
  /\\Q.*?(?:\\E|$)|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*(?:\]|$)|\\[pP]\{?|\\.|\{(?<least>\d+)(?<open>,(?<most>\d*))?\}|\(\?(?:P?<\w*>|[a-zA-Z-]*:?)|./gsu;

/** Classes of Unicode and letters without case are many ranges each. */
const WIDE = 10;

/**
 * An upper bound of the states that a pattern is compiled to: a group that is repeated n times counts n times. RE2 limits
 * each repetition to 1000, but not what they come to together.
 */
export function estimateStates(source: string): number {
  const open: number[] = [];
  const each = /\(\?[a-zA-Z]*i/.test(source) ? WIDE : 2;
  let total = 1;
  let last = 0;
  for (const { 0: token, groups } of source.matchAll(TOKEN)) {
    if (token.startsWith('(')) {
      open.push(total);
      total = 1;
    } else if (token === ')') {
      last = total;
      total += open.pop() ?? 0;
    } else if (groups?.least !== undefined) {
      total += last * Math.max(Number(groups.most || groups.least) - 1, 0);
    } else {
      last = token.startsWith('\\Q') ? token.length : sizeOf(token) * each;
      total += last;
    }
  }
  return open.reduce((sum, size) => sum + size, total);
}

function sizeOf(token: string): number {
  return /\\[pP]/.test(token) ? WIDE : 1;
}
