import type { ExpressionResult } from '../core/expression/expression.ts';
import type { JsonObject } from '../core/model.ts';

/** More than a gate has: what is beyond belongs to earlier versions of it. */
const MOST = 64;

/** What is to be found out about an expression: whether it can be used, or what it says of an object. */
export interface Question {
  readonly expression: string;
  readonly object?: JsonObject;
}

/**
 * What a gate's expressions were found to be. A gate has a reconcile with every change of its Pods, and its objects
 * change far less often: each version of an object is asked once, and what is known of it goes with it.
 */
export class Answers {
  readonly #problems = new Map<string, { readonly problem: string | undefined }>();
  readonly #found = new WeakMap<JsonObject, Map<string, ExpressionResult>>();

  /** Undefined where it has not been checked. */
  problemOf(expression: string): { readonly problem: string | undefined } | undefined {
    return this.#problems.get(expression);
  }

  /** Undefined where it has not been evaluated. */
  evaluationOf(expression: string, object: JsonObject): ExpressionResult | undefined {
    return this.#found.get(object)?.get(expression);
  }

  keepProblem(expression: string, problem: string | undefined): void {
    keep(this.#problems, expression, { problem });
  }

  keepEvaluation(expression: string, object: JsonObject, evaluation: ExpressionResult): void {
    const found = this.#found.get(object) ?? new Map<string, ExpressionResult>();
    this.#found.set(object, found);
    keep(found, expression, evaluation);
  }
}

/** A map that is full begins again. */
function keep<Value>(known: Map<string, Value>, key: string, value: Value): void {
  if (known.size >= MOST) known.clear();
  known.set(key, value);
}
