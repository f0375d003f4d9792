import {
  checkExpression,
  type Evaluation,
  type Evaluator,
  evaluateExpression,
} from '../core/expression/expression.ts';
import type { JsonObject } from '../core/model.ts';

/** More expressions than a gate has: what is beyond was another gate's, or is no longer asked. */
const MOST_FOR_AN_OBJECT = 64;
const MOST_CHECKED = 4096;

/**
 * Remembers what expressions are found to be. A gate has a reconcile with every change of its Pods, and its objects change far
 * less often: each version of an object is asked once. What is kept of a version goes with it.
 */
export class Expressions implements Evaluator {
  readonly #problems = new Map<string, { readonly value: string | undefined }>();
  readonly #found = new WeakMap<JsonObject, Map<string, { readonly value: Evaluation }>>();

  check(expression: string): string | undefined {
    return remembered(this.#problems, expression, MOST_CHECKED, checkExpression);
  }

  evaluate(expression: string, object: JsonObject): Evaluation {
    const found = this.#found.get(object) ?? new Map<string, { readonly value: Evaluation }>();
    this.#found.set(object, found);
    return remembered(found, expression, MOST_FOR_AN_OBJECT, (text) => evaluateExpression(text, object));
  }
}

/** The value known, or made now. A map that is full begins again. */
function remembered<Value>(
  known: Map<string, { readonly value: Value }>,
  key: string,
  most: number,
  make: (key: string) => Value,
): Value {
  const entry = known.get(key) ?? { value: make(key) };
  if (!known.has(key) && known.size >= most) known.clear();
  known.set(key, entry);
  return entry.value;
}
