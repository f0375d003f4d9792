import { bodyOf, type Expr, isVariable, type Loop, partsOf, textOf } from './tree.ts';

/** What an expression looks at, by its text: so that what it does not look at need be neither compared nor remembered. */

/** The variable for the Pod that waits. */
export const POD = 'pod';
export const POD_FIELDS = ['labels', 'annotations', 'images', 'nodeName'] as const;
export type PodField = (typeof POD_FIELDS)[number];

/** Which entries of a map are looked at; `all` where the text does not tell. */
export type Keys = 'all' | readonly string[];

/** What is read of the Pod, and of what is remembered of an object. */
export interface Reads {
  /** Undefined where the Pod does not matter. */
  readonly pod:
    | {
        readonly labels: Keys;
        readonly annotations: Keys;
        readonly images: boolean;
        readonly nodeName: boolean;
      }
    | undefined;
  /** `spec`: whether anything in it is, such as images. */
  readonly object: { readonly labels: Keys; readonly annotations: Keys; readonly spec: boolean };
}

export function readsOf(expr: Expr, object: string): Reads {
  const reads = (field: PodField) => keysAt(expr, [POD, field]);
  const pod = {
    labels: reads('labels'),
    annotations: reads('annotations'),
    images: reads('images') !== NONE,
    nodeName: reads('nodeName') !== NONE,
  };
  const isRead = keysAt(expr, [POD]) !== NONE;
  return {
    pod: isRead ? pod : undefined,
    object: {
      labels: keysAt(expr, [object, 'metadata', 'labels']),
      annotations: keysAt(expr, [object, 'metadata', 'annotations']),
      spec: keysAt(expr, [object, 'spec']) !== NONE,
    },
  };
}

/** A place where the Pod is looked at in a way that is not offered; undefined where there is none. */
export function misreadPod(expr: Expr): Expr | undefined {
  if (isVariable(expr, POD)) return expr;
  const { exprKind } = expr;
  if (exprKind.case === 'selectExpr' && isVariable(exprKind.value.operand, POD)) {
    return POD_FIELDS.some((field) => field === exprKind.value.field) ? undefined : expr;
  }
  return visible(expr, POD)
    .map(misreadPod)
    .find((found) => found !== undefined);
}

const NONE: readonly string[] = [];

/** The keys that are looked at of the map at a path from a variable on. */
function keysAt(expr: Expr, path: readonly string[]): Keys {
  const key = keyed(expr, path);
  if (key !== undefined) return [key];
  const reached = depthOf(expr, path);
  // A map as a whole, or something that holds it.
  if (reached !== undefined) return 'all';
  const parts = goesAside(expr, path) ? [] : visible(expr, path[0] ?? '');
  return parts.map((part) => keysAt(part, path)).reduce<Keys>(joined, NONE);
}

function joined(one: Keys, other: Keys): Keys {
  if (one === 'all' || other === 'all') return 'all';
  if (one.length === 0) return other;
  return other.length === 0 ? one : [...new Set([...one, ...other])].sort();
}

/** `map.key`, `map["key"]`, `"key" in map`, `has(map.key)`: the key. */
function keyed({ exprKind }: Expr, path: readonly string[]): string | undefined {
  const isMap = (expr: Expr | undefined) => expr && depthOf(expr, path) === path.length;
  if (exprKind.case === 'selectExpr') return isMap(exprKind.value.operand) ? exprKind.value.field : undefined;
  if (exprKind.case !== 'callExpr') return undefined;
  const [left, right] = exprKind.value.args;
  if (exprKind.value.function === '_[_]' && isMap(left)) return textOf(right);
  return exprKind.value.function === '@in' && isMap(right) ? textOf(left) : undefined;
}

/** How far along the path the value of a node lies; undefined where it lies on none of it. */
function depthOf(expr: Expr | undefined, path: readonly string[]): number | undefined {
  if (isVariable(expr, path[0] ?? '')) return 1;
  if (expr?.exprKind.case !== 'selectExpr' || expr.exprKind.value.testOnly) return undefined;
  const depth = depthOf(expr.exprKind.value.operand, path);
  return depth !== undefined && path[depth] === expr.exprKind.value.field ? depth + 1 : undefined;
}

/** `object.spec` looks at none of `object.metadata.labels`, and neither does `has(object.metadata.labels)`. */
function goesAside({ exprKind }: Expr, path: readonly string[]): boolean {
  return exprKind.case === 'selectExpr' && depthOf(exprKind.value.operand, path) !== undefined;
}

/** The parts of a node in which a variable is what it is outside: a macro may have one of its own of that name. */
function visible(expr: Expr, variable: string): Expr[] {
  const { exprKind } = expr;
  if (exprKind.case !== 'comprehensionExpr' || !declares(exprKind.value, variable)) return partsOf(expr);
  const body = bodyOf(exprKind.value);
  return partsOf(expr).filter((part) => !body.includes(part));
}

function declares({ iterVar, iterVar2, accuVar }: Loop, variable: string): boolean {
  return [iterVar, iterVar2, accuVar].includes(variable);
}
