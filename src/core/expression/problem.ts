import { type CelFunc, CelScalar } from '@bufbuild/cel';
import { FUNCTIONS } from './functions.ts';
import { compilePattern, PatternError } from './pattern.ts';
import { misreadPod, POD, POD_FIELDS } from './reads.ts';
import { bodyOf, type Call, type Expr, isVariable, type Loop, partsOf, textOf } from './tree.ts';

/** Why an expression cannot be used, and the node where that is. */
export interface Problem {
  readonly at: Expr;
  readonly message: string;
}

/** The variable for the object that is watched. */
export const VARIABLE = 'object';

const MAX_NODES = 600;
const MAX_DEPTH = 64;

const TYPE_NAMES: readonly string[] = [
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
];

/** What the language has besides functions: they evaluate no more of their operands than they need. */
const OPERATORS: readonly string[] = ['_&&_', '_||_', '_?_:_', '_[_]', '@not_strictly_false'];

/** What is wrong with a parsed expression, or undefined; the first in the text's order, roughly. */
export function findProblem(expr: Expr): Problem | undefined {
  return (
    sizeProblem(expr) ??
    nameProblem(expr, [VARIABLE, POD, ...TYPE_NAMES]) ??
    podProblem(expr) ??
    boolProblem(expr)
  );
}

function podProblem(expr: Expr): Problem | undefined {
  const at = misreadPod(expr);
  return at && { at, message: `${POD} has these fields, and is nothing by itself: ${POD_FIELDS.join(', ')}` };
}

function sizeProblem(expr: Expr): Problem | undefined {
  const { nodes, depth } = measure(expr);
  if (nodes > MAX_NODES) return { at: expr, message: `too large: it has more than ${MAX_NODES} parts` };
  if (depth > MAX_DEPTH) return { at: expr, message: `too deeply nested: more than ${MAX_DEPTH} levels` };
  return undefined;
}

function measure(expr: Expr): { nodes: number; depth: number } {
  const parts = partsOf(expr).map(measure);
  return {
    nodes: parts.reduce((sum, { nodes }) => sum + nodes, 1),
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
  };
}

function nameProblem(expr: Expr, known: readonly string[]): Problem | undefined {
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'identExpr':
      return variableProblem(expr, exprKind.value.name.replace(/^\./, ''), known);
    case 'callExpr':
      return callProblem(expr, exprKind.value) ?? firstProblem(partsOf(expr), known);
    case 'structExpr':
      if (exprKind.value.messageName === '') return firstProblem(partsOf(expr), known);
      return { at: expr, message: `unknown type ${exprKind.value.messageName}` };
    case 'comprehensionExpr':
      return loopProblem(exprKind.value, known);
    default:
      return firstProblem(partsOf(expr), known);
  }
}

function firstProblem(parts: readonly Expr[], known: readonly string[]): Problem | undefined {
  for (const part of parts) {
    const problem = nameProblem(part, known);
    if (problem) return problem;
  }
  return undefined;
}

function variableProblem(at: Expr, name: string, known: readonly string[]): Problem | undefined {
  if (known.includes(name)) return undefined;
  return {
    at,
    message: `unknown variable ${name}: an expression is about the variables ${VARIABLE} and ${POD}`,
  };
}

function loopProblem(loop: Loop, known: readonly string[]): Problem | undefined {
  const range = loop.iterRange && nameProblem(loop.iterRange, known);
  return range ?? firstProblem(bodyOf(loop), [...known, loop.iterVar, loop.accuVar]);
}

function callProblem(at: Expr, call: Call): Problem | undefined {
  if (OPERATORS.includes(call.function)) return undefined;
  const named = FUNCTIONS.filter(({ name }) => name === call.function);
  if (named.length === 0) return { at, message: unknownFunction(call.function) };
  const fits = named.some((func) => isCalledAs(func, call));
  return fits ? patternProblem(call) : { at, message: `${call.function} cannot be called in this way` };
}

function unknownFunction(name: string): string {
  return name === 'has' ? 'has() takes one field, as in has(object.status)' : `unknown function ${name}`;
}

function isCalledAs(func: CelFunc, { target, args }: Call): boolean {
  return (func.target === undefined) === (target === undefined) && func.arguments.length === args.length;
}

function patternProblem(call: Call): Problem | undefined {
  const [at] = call.args;
  const source = textOf(at);
  if (call.function !== 'matches' || !at || source === undefined) return undefined;
  try {
    compilePattern(source);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return { at, message: error.message };
    throw error;
  }
}

/** Where a boolean is needed, and a part is certainly something else. What fields hold is not known. */
function boolProblem(expr: Expr): Problem | undefined {
  if (isNeverBool(expr)) return { at: expr, message: 'the result is not a boolean' };
  if (expr.exprKind.case !== 'callExpr') return undefined;
  const { function: name, args } = expr.exprKind.value;
  if (!['_&&_', '_||_', '_?_:_', '!_'].includes(name)) return undefined;
  return args.map(boolProblem).find((problem) => problem !== undefined);
}

function isNeverBool({ exprKind }: Expr): boolean {
  switch (exprKind.case) {
    case 'constExpr':
      return exprKind.value.constantKind.case !== 'boolValue';
    case 'listExpr':
    case 'structExpr':
      return true;
    case 'identExpr':
      return true; // the object itself, or the name of a type
    case 'selectExpr':
      return isVariable(exprKind.value.operand, POD) && !exprKind.value.testOnly;
    case 'comprehensionExpr':
      return exprKind.value.accuInit?.exprKind.case === 'listExpr';
    case 'callExpr':
      return !OPERATORS.includes(exprKind.value.function) && isNeverBoolCall(exprKind.value);
    default:
      return false;
  }
}

function isNeverBoolCall(call: Call): boolean {
  return FUNCTIONS.filter(({ name }) => name === call.function).every(
    ({ result }) => result !== CelScalar.BOOL && result !== CelScalar.DYN,
  );
}
