import { type CelError, type CelResult, celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import type { JsonObject } from '../model.ts';
import { Budget, withoutTraces } from './budget.ts';
import type { Evaluator, ExpressionCheck, ExpressionResult } from './evaluator.ts';
import { paidFunctions } from './functions.ts';
import { findProblem, VARIABLE } from './problem.ts';
import { POD, type Reads, readsOf } from './reads.ts';
import { type Expr, type Parsed, partsOf, payForLoops } from './tree.ts';
import { Values } from './values.ts';

/**
 * CEL expressions over `object`, a watched object as JSON, and `pod`, what is offered of a Pod that waits. The language, its functions and RE2 come from a
 * library; here is what makes it safe to evaluate anybody's expression over an object that they may not read.
 *
 * **Bounded.** Nothing is evaluated that has not been paid for from a budget of steps, which is no clock: the same
 * expression and object always end in the same way. The text is bounded before it is parsed, the tree after it; macros pay
 * for all their rounds before the first one (`payForLoops`); functions pay by the size of what they are given
 * (`paidFunctions`); the object is converted as far as the expression looks, and each look is paid for (`Values`). Once the
 * budget is spent, whatever is tried ends in an error, and the result counts as one even where `||` would forgive it.
 *
 * **Silent.** An expression's author learns true, false, or one of a closed list of sentences. The library's own words are
 * never passed on from an evaluation, as they may quote what the object holds; names come from the expression's text.
 *
 * Remembers nothing.
 */
export const EVALUATOR: Evaluator = { check: checkExpression, evaluate: evaluateExpression };

const MAX_LENGTH = 1024;

/** The parser takes time in the square of brackets that are open: 0.6 s for 500 of them. */
const MAX_BRACKETS = 32;

const NOTHING: Reads = { pod: undefined, object: { labels: [], annotations: [], spec: false } };

/** Whether an expression can be used, and what it looks at. */
export function checkExpression(expression: string): ExpressionCheck {
  const read = readExpression(expression);
  return 'problem' in read
    ? { problem: read.problem, reads: NOTHING }
    : { problem: undefined, reads: readsOf(read.parsed.expr, VARIABLE) };
}

/** What an expression says of an object. Never throws; says nothing of the object but true, false, or why neither. */
export function evaluateExpression(
  expression: string,
  object: JsonObject,
  pod: JsonObject = {},
): ExpressionResult {
  const read = readExpression(expression);
  if ('problem' in read) return failed(read.problem);
  const budget = new Budget();
  try {
    const result = withoutTraces(() => resultOf(read.parsed, { object, pod }, budget));
    if (budget.isSpent) return failed('too expensive');
    if (isCelError(result)) return failed(sentenceFor(result, read.fields));
    return typeof result === 'boolean'
      ? { is: result ? 'true' : 'false' }
      : failed('the result is not a boolean');
  } catch {
    return failed(budget.isSpent ? 'too expensive' : OTHER);
  }
}

function failed(message: string): ExpressionResult {
  return { is: 'error', message };
}

interface Variables {
  readonly object: JsonObject;
  readonly pod: JsonObject;
}

function resultOf({ expr }: Parsed, { object, pod }: Variables, budget: Budget): CelResult {
  payForLoops(expr);
  const evaluate = plan(celEnv({ funcs: paidFunctions(budget) }), expr);
  const values = new Values(budget);
  return evaluate({ [VARIABLE]: values.of(object), [POD]: values.of(pod) });
}

type Read =
  | { readonly problem: string }
  | { readonly parsed: Parsed; readonly fields: ReadonlyMap<bigint, string> };

function readExpression(expression: string): Read {
  if (expression.length > MAX_LENGTH) return { problem: `longer than ${MAX_LENGTH} characters` };
  if (openBrackets(expression) > MAX_BRACKETS) {
    return { problem: `too deeply nested: more than ${MAX_BRACKETS} brackets are open at once` };
  }
  try {
    const parsed = parse(expression);
    const problem = findProblem(parsed.expr);
    if (!problem) return { parsed, fields: fieldsOf(parsed.expr) };
    const offset = parsed.sourceInfo?.positions[problem.at.id.toString()] ?? 0;
    return { problem: `${place(expression, offset)}: ${problem.message}` };
  } catch (error) {
    return { problem: error instanceof Error ? error.message.replace(/^<input>:/, '') : 'not an expression' };
  }
}

/** Brackets that are open at once, at most. Those in literals count too, where they are not closed in them. */
function openBrackets(expression: string): number {
  let open = 0;
  let most = 0;
  for (const [bracket] of expression.matchAll(/[[({\])}]/g)) {
    open += '[({'.includes(bracket) ? 1 : -1;
    most = Math.max(most, open);
  }
  return most;
}

/** `line:column`, both from 1, as the parser gives them. */
function place(expression: string, offset: number): string {
  const start = offset + expression.slice(offset).search(/\S|$/); // an operator's place begins behind its left side
  const before = expression.slice(0, start).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The fields that the text names, by the node that selects them. */
function fieldsOf(expr: Expr): Map<bigint, string> {
  const fields = new Map(partsOf(expr).flatMap((part) => [...fieldsOf(part)]));
  if (expr.exprKind.case === 'selectExpr') fields.set(expr.id, expr.exprKind.value.field);
  return fields;
}

const OTHER = 'it cannot be evaluated over this object';

/** What the library says of an evaluation, without values, and what is said instead. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/^index .* out of bounds/, 'no such element: an index is out of bounds'],
  [/^(found )?no matching overload/, 'an operator or function is given values of other types than it takes'],
  [/^type mismatch: expected bool/, 'an operand is not a boolean'],
  [/^type mismatch: iterable/, 'a macro is called on neither a list nor a map'],
  [/(divide|modulus) by zero/, 'division by zero'],
  [/overflow/, 'a number is out of range'],
  [/^error parsing regexp|^the pattern is too large/, 'an invalid pattern'],
  [/^map key conflict|^unsupported key type/, 'an invalid key of a map'],
  [/convert|timestamp|duration|BigInt/i, 'a value cannot be converted'],
];

function sentenceFor({ message, exprId }: CelError, fields: ReadonlyMap<bigint, string>): string {
  if (message.startsWith('field not found')) {
    const field = exprId === undefined ? undefined : fields.get(exprId);
    return field === undefined ? 'no such field' : `no such field: ${field}`;
  }
  return SENTENCES.find(([words]) => words.test(message))?.[1] ?? OTHER;
}
