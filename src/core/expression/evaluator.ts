import type { JsonObject } from '../model.ts';
import type { Reads } from './reads.ts';

/** What an expression says of an object. */
export type ExpressionResult =
  | { readonly is: 'true' }
  | { readonly is: 'false' }
  | { readonly is: 'error'; readonly message: string }
  /** It has not been evaluated, and will be. */
  | { readonly is: 'postponed' };

/** What an expression's text tells. */
export interface ExpressionCheck {
  /** Why it cannot be used, with the line and column where that is; undefined when it can. */
  readonly problem: string | undefined;
  readonly reads: Reads;
}

/** Checks and evaluates expressions: CEL itself (`expression.ts`), or whatever remembers its results. */
export interface Evaluator {
  /** Undefined where it has not been looked at, and will be. */
  check(expression: string): ExpressionCheck | undefined;
  /** @param pod what it reads of the Pod, where it reads one */
  evaluate(expression: string, object: JsonObject, pod?: JsonObject): ExpressionResult;
}
