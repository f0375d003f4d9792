import type { parse } from '@bufbuild/cel';
import { PAY_FOR_LOOP } from './functions.ts';

export type Parsed = ReturnType<typeof parse>;
export type Expr = Parsed['expr'];
type Kind<Case extends string> = Extract<Expr['exprKind'], { readonly case: Case }>['value'];
export type Call = Kind<'callExpr'>;
export type Loop = Kind<'comprehensionExpr'>;

/** The parts of a node, in the order of the text as far as it goes; of a macro, as it was expanded. */
export function partsOf({ exprKind }: Expr): Expr[] {
  switch (exprKind.case) {
    case 'selectExpr':
      return present(exprKind.value.operand);
    case 'callExpr':
      return [...present(exprKind.value.target), ...exprKind.value.args];
    case 'listExpr':
      return exprKind.value.elements;
    case 'structExpr':
      return exprKind.value.entries.flatMap(({ keyKind, value }) => [
        ...(keyKind.case === 'mapKey' ? [keyKind.value] : []),
        ...present(value),
      ]);
    case 'comprehensionExpr':
      return [...present(exprKind.value.iterRange), ...bodyOf(exprKind.value)];
    default:
      return [];
  }
}

/** What a macro's rounds and its result are made of. */
export function bodyOf({ accuInit, loopCondition, loopStep, result }: Loop): Expr[] {
  return [accuInit, loopCondition, loopStep, result].flatMap(present);
}

function present(expr: Expr | undefined): Expr[] {
  return expr === undefined ? [] : [expr];
}

/** Whether a node is a variable of that name. */
export function isVariable(expr: Expr | undefined, name: string): boolean {
  return expr?.exprKind.case === 'identExpr' && expr.exprKind.value.name.replace(/^\./, '') === name;
}

/** The text of a node that is one in quotes. */
export function textOf(expr: Expr | undefined): string | undefined {
  const constant = expr?.exprKind.case === 'constExpr' ? expr.exprKind.value.constantKind : undefined;
  return constant?.case === 'stringValue' ? constant.value : undefined;
}

/**
 * Makes each macro pay for its rounds before the first one: what it goes through becomes a call that spends the number of
 * elements times the nodes of the body. Macros inside the body pay for themselves in each round. Whatever is evaluated is
 * paid for that way, since outside of macros each node is evaluated once, and there are few of them.
 */
export function payForLoops(expr: Expr, depth = 1): void {
  const { exprKind } = expr;
  if (exprKind.case !== 'comprehensionExpr') {
    for (const part of partsOf(expr)) payForLoops(part, depth);
    return;
  }
  const loop = exprKind.value;
  // A name is looked up through all loops around it.
  const weight = bodyOf(loop).reduce((sum, part) => sum + nodesOf(part), 0) * (1 + depth);
  for (const part of bodyOf(loop)) payForLoops(part, depth + 1);
  if (loop.iterRange === undefined) return;
  payForLoops(loop.iterRange, depth);
  loop.iterRange = paying(loop.iterRange, weight);
}

function paying(range: Expr, weight: number): Expr {
  const value = {
    $typeName: 'cel.expr.Constant' as const,
    constantKind: { case: 'int64Value' as const, value: BigInt(weight) },
  };
  const steps: Expr = { $typeName: 'cel.expr.Expr', id: range.id, exprKind: { case: 'constExpr', value } };
  const call: Call = { $typeName: 'cel.expr.Expr.Call', function: PAY_FOR_LOOP, args: [range, steps] };
  return { $typeName: 'cel.expr.Expr', id: range.id, exprKind: { case: 'callExpr', value: call } };
}

/** Nodes of an expression, those inside of macros not counted. */
function nodesOf(expr: Expr): number {
  const inner =
    expr.exprKind.case === 'comprehensionExpr'
      ? [expr.exprKind.value.iterRange].flatMap(present)
      : partsOf(expr);
  return inner.reduce((sum, part) => sum + nodesOf(part), 1);
}
