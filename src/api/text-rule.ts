import { z } from 'zod';
import type { CelRule } from './json-schema.ts';

/**
 * What a text must be made of. Not a pattern of the schema, since the API server shows a pattern as it is, and nobody reads
 * out of one that the port belongs elsewhere: a rule, said twice, which has words for each usual mistake.
 */
export interface TextRule {
  /** Means the same to JavaScript and to RE2: ASCII classes are spelt out, no lookaround, no back-reference. */
  readonly pattern: RegExp;
  /** What to write, whatever the mistake is. */
  readonly message: string;
  /** Mistakes that are told apart: the first one that a text makes is told. */
  readonly mistakes?: readonly Mistake[];
}

/** Made by a text that has something, or lacks it. */
export type Mistake = { readonly message: string } & ({ readonly has: RegExp } | { readonly lacks: RegExp });

/** A text of at most so many characters that keeps a rule. */
export const ruledText = (max: number, rule: TextRule): z.ZodString =>
  z
    .string()
    .max(max)
    .refine((text) => problemOf(rule, text) === undefined, {
      error: ({ input }) => problemOf(rule, String(input)) ?? rule.message,
    })
    .meta(ruledBy(rule));

/** What is wrong with a text, and what to write instead; undefined for one that keeps the rule. */
export function problemOf({ pattern, message, mistakes = [] }: TextRule, text: string): string | undefined {
  if (pattern.test(text)) return undefined;
  return mistakes.find((mistake) => isMade(mistake, text))?.message ?? message;
}

/** The rule for the API server, as `meta` of a schema of zod. */
export function ruledBy({ pattern, message, mistakes = [] }: TextRule): {
  readonly 'x-kubernetes-validations': CelRule[];
} {
  const words = mistakes
    .map((mistake) => `${celOf(mistake)} ? ${JSON.stringify(mistake.message)} : `)
    .join('');
  const messageExpression =
    mistakes.length === 0 ? {} : { messageExpression: words + JSON.stringify(message) };
  return { 'x-kubernetes-validations': [{ rule: matches(pattern), message, ...messageExpression }] };
}

function isMade(mistake: Mistake, text: string): boolean {
  return 'has' in mistake ? mistake.has.test(text) : !mistake.lacks.test(text);
}

function celOf(mistake: Mistake): string {
  return 'has' in mistake ? matches(mistake.has) : `!${matches(mistake.lacks)}`;
}

/** @throws TypeError for a pattern that no literal of CEL holds as it is */
function matches({ source }: RegExp): string {
  const pattern = source.replaceAll('\\/', '/');
  const quote = ["'", '"'].find((one) => !pattern.includes(one));
  if (quote === undefined) throw new TypeError(`both quotes are in ${pattern}`);
  return `self.matches(r${quote}${pattern}${quote})`;
}
