import {
  type CelFunc,
  type CelInput,
  type CelList,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celList,
  celMethod,
  isCelError,
  isCelList,
  isCelMap,
  listType,
} from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import type { Budget } from './budget.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** Called with what a macro goes through and the nodes of its body, before the first round; see `payForLoops`. */
export const PAY_FOR_LOOP = '@pay_for_loop';

/** Texts that become numbers, times or truth are short: a number of a million digits takes seconds to read. */
const MAX_CONVERTED = 64;
/** Steps to look up a time zone by its name. */
const TIME_ZONE = 4000;

const SEARCHES: readonly string[] = ['contains', 'indexOf', 'split'];
const CONVERSIONS: readonly string[] = ['int', 'uint', 'double', 'bool', 'timestamp', 'duration'];

/**
 * The functions that an expression may use: those of CEL and, as in Kubernetes, of its strings extension. Left out are
 * `format` and `strings.quote`, which serve texts for people, and the forms of `split` and `replace` with a limit, which
 * the library cuts in another way than Kubernetes.
 */
export const FUNCTIONS: readonly CelFunc[] = [...celEnv({ funcs: strings.filter(isOffered) }).funcs];

function isOffered({ name, arguments: { length } }: CelFunc): boolean {
  const hasLimit = (name === 'split' && length > 1) || (name === 'replace' && length > 2);
  return name !== 'format' && name !== 'strings.quote' && !hasLimit;
}

/** The functions for one evaluation: each call is paid for before it is made. */
export function paidFunctions(budget: Budget): CelFunc[] {
  return [...FUNCTIONS.map((func) => paid(func, budget)), ...ownFunctions(budget)];
}

function paid(func: CelFunc, budget: Budget): CelFunc {
  const { name, target, arguments: parameters, result } = func;
  const call = (self: CelValue | undefined, args: CelValue[]): CelValue => {
    pay(name, self === undefined ? args : [self, ...args], budget);
    const value = func.call(0, self, args);
    if (value === undefined) throw new Error('found no matching overload');
    if (isCelError(value)) throw value;
    return value;
  };
  return target === undefined
    ? celFunc(name, parameters, result, (...args: CelValue[]) => call(undefined, args))
    : celMethod(name, target, parameters, result, function (...args: CelValue[]) {
        return call(this, args);
      });
}

/** In place of the library's own: patterns are compiled once, joined lists are flat, replacing takes one go. */
function ownFunctions(budget: Budget): CelFunc[] {
  const { BOOL, DYN, INT, STRING } = CelScalar;
  const LIST = listType(DYN);
  const patterns = new Map<string, Pattern>();
  const pattern = (source: string): Pattern => {
    const known = patterns.get(source);
    if (known) return known;
    budget.spend(source.length * (1 + source.length / 64));
    const made = compilePattern(source);
    budget.spend(made.states * 20);
    patterns.set(source, made);
    return made;
  };
  return [
    celMethod('matches', STRING, [STRING], BOOL, function (source) {
      const { states, matches } = pattern(source);
      budget.spend(states * (1 + this.length));
      return matches(this);
    }),
    celFunc('_+_', [LIST, LIST], LIST, (left, right) => {
      budget.spend(1 + (left.size + right.size) / 4);
      return joined(left, right);
    }),
    celMethod('replace', STRING, [STRING, STRING], STRING, function (from, to) {
      budget.spend(1 + (this.length + 1) * (1 + to.length / 4));
      return this.replaceAll(from, () => to);
    }),
    celFunc(PAY_FOR_LOOP, [DYN, INT], DYN, (range, weight) => {
      if (isCelList(range) || isCelMap(range)) budget.spend((1 + range.size) * Number(weight));
      return range;
    }),
  ];
}

function joined(left: CelList, right: CelList): CelList {
  const elements: CelInput[] = [];
  for (const list of [left, right]) {
    // By index, which is several times as fast as to iterate.
    for (let index = 0; index < list.size; index += 1) elements.push(list.get(index) ?? null);
  }
  return celList(elements);
}

function pay(name: string, values: readonly CelValue[], budget: Budget): void {
  budget.spend(values.reduce<number>((sum, value) => sum + sizeOf(value), 1));
  const [first, second] = values;
  if (name === '_==_' || name === '_!=_') payForComparison(first, second, budget);
  if (name === '@in' && isCelList(second) && (isCelList(first) || isCelMap(first))) {
    for (const element of second) payForComparison(element, first, budget);
  }
  if (typeof first === 'string' && typeof second === 'string') payForSearch(name, first, second, budget);
  if (name === 'join' && isCelList(first)) payForJoin(first, second, budget);
  if (name.startsWith('get') && second !== undefined) budget.spend(TIME_ZONE);
  if (CONVERSIONS.includes(name) && typeof first === 'string' && first.length > MAX_CONVERTED) {
    throw new Error('too long to be converted');
  }
}

/**
 * Forwards, the engine looks at up to 250 characters at each place of a text; backwards at all that are searched, in some
 * half a nanosecond each.
 */
function payForSearch(name: string, text: string, searched: string, budget: Budget): void {
  const places = Math.max(0, text.length - searched.length + 1);
  if (name === 'lastIndexOf') budget.spend((places * searched.length) / 200);
  if (SEARCHES.includes(name)) budget.spend((places * Math.min(searched.length, 250)) / 64);
}

/** Two characters of a text are a step. */
function sizeOf(value: CelValue): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length / 2;
  return isCelList(value) ? value.size : 1;
}

/** Lists and maps are compared to their depth, and a list may hold another many times over. */
function payForComparison(one: CelValue | undefined, other: CelValue | undefined, budget: Budget): void {
  if (isCelList(one) && isCelList(other)) payForDepth(one, budget);
  if (isCelMap(one) && isCelMap(other)) payForDepth(one, budget);
}

function payForDepth(value: CelValue, budget: Budget): void {
  budget.spend(1 + sizeOf(value));
  if (isCelList(value)) for (const element of value) payForDepth(element, budget);
  if (isCelMap(value)) for (const element of value.values()) payForDepth(element, budget);
}

function payForJoin(list: CelList, separator: CelValue | undefined, budget: Budget): void {
  const between = separator === undefined ? 0 : sizeOf(separator);
  for (const element of list) budget.spend(1 + sizeOf(element) + between);
}
