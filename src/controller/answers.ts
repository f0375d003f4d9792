import { canonicalJson } from '../core/canonical.ts';
import type { ExpressionCheck, ExpressionResult } from '../core/expression/evaluator.ts';
import type { JsonObject } from '../core/model.ts';

/** More than a gate has: what is beyond belongs to earlier versions of it. */
const MOST_EXPRESSIONS = 64;
/** For each of them as many Pods as are told apart (see MAX_ALIKE), of earlier ones too. */
const MOST_EVALUATIONS = 4096;

/** What is to be found out about an expression: whether it can be used, or what it says of an object, for a Pod. */
export interface Question {
  readonly expression: string;
  readonly object?: JsonObject;
  readonly pod?: JsonObject | undefined;
}

/**
 * What a gate's expressions were found to be. A gate has a reconcile with every change of its Pods, and its objects
 * change far less often: each version of an object is asked once, and what is known of it goes with it.
 */
export class Answers {
  readonly #checks = new Map<string, ExpressionCheck>();
  readonly #found = new WeakMap<JsonObject, Map<string, ExpressionResult>>();
  /** Of Jobs that are remembered and made from the status each time: by all that is remembered. */
  readonly #ofRemembered = new Map<string, ExpressionResult>();

  /** Undefined where it has not been checked. */
  checkOf(expression: string): ExpressionCheck | undefined {
    return this.#checks.get(expression);
  }

  /** Undefined where it has not been evaluated. */
  evaluationOf(expression: string, object: JsonObject, pod?: JsonObject): ExpressionResult | undefined {
    return isRemembered(object)
      ? this.#ofRemembered.get(canonicalJson([expression, object, pod]))
      : this.#found.get(object)?.get(keyOf(expression, pod));
  }

  keepCheck(expression: string, check: ExpressionCheck): void {
    keep(this.#checks, expression, check, MOST_EXPRESSIONS);
  }

  keepEvaluation({ expression, pod }: Question, object: JsonObject, evaluation: ExpressionResult): void {
    if (isRemembered(object)) {
      const key = canonicalJson([expression, object, pod]);
      keep(this.#ofRemembered, key, evaluation, MOST_EVALUATIONS);
      return;
    }
    const found = this.#found.get(object) ?? new Map<string, ExpressionResult>();
    this.#found.set(object, found);
    keep(found, keyOf(expression, pod), evaluation, MOST_EVALUATIONS);
  }
}

/** What an API server sends has a version. */
function isRemembered({ metadata }: JsonObject): boolean {
  return typeof metadata === 'object' && metadata !== null && !('resourceVersion' in metadata);
}

function keyOf(expression: string, pod: JsonObject | undefined): string {
  return pod ? `${expression}\n${canonicalJson(pod)}` : expression;
}

/** A map that is full begins again. */
function keep<Value>(known: Map<string, Value>, key: string, value: Value, most: number): void {
  if (known.size >= most) known.clear();
  known.set(key, value);
}
