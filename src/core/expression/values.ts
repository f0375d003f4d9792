import { type CelInput, type CelUint, celList, celMap } from '@bufbuild/cel';
import type { Json, JsonObject } from '../model.ts';
import type { Budget } from './budget.ts';

type MapKey = string | bigint | boolean | CelUint;

/**
 * A watched object as CEL sees it, converted no further than an expression looks: a map converts a value when it is asked
 * for, a list its elements. Each look is paid for.
 */
export class Values {
  readonly #budget: Budget;
  /** Lists and maps that have been looked at: a second look is free, and finds the same one. */
  readonly #known = new Map<object, CelInput>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Whole numbers that CEL's int can hold become int, others double: JSON does not tell 1 from 1.0. */
  of(json: Json): CelInput {
    if (typeof json === 'number') return isInt(json) ? BigInt(json) : json;
    if (typeof json !== 'object' || json === null) return json;
    const known = this.#known.get(json);
    if (known !== undefined) return known;
    const made = isList(json) ? this.#list(json) : celMap(new LazyMap(json, this, this.#budget));
    this.#known.set(json, made);
    return made;
  }

  #list(list: readonly Json[]): CelInput {
    this.#budget.spend(1 + 2 * list.length);
    return celList(list.map((element) => this.of(element)));
  }
}

/** Own keys only, so that `__proto__` and `constructor` are keys like any other. */
class LazyMap implements ReadonlyMap<MapKey, CelInput> {
  readonly #object: JsonObject;
  readonly #values: Values;
  readonly #budget: Budget;
  #keys: readonly string[] | undefined;

  constructor(object: JsonObject, values: Values, budget: Budget) {
    this.#object = object;
    this.#values = values;
    this.#budget = budget;
  }

  get size(): number {
    return this.#paidKeys().length;
  }

  get(key: MapKey): CelInput | undefined {
    this.#budget.spend(1);
    if (typeof key !== 'string' || !Object.hasOwn(this.#object, key)) return undefined;
    const value = this.#object[key];
    return value === undefined ? undefined : this.#values.of(value);
  }

  has(key: MapKey): boolean {
    return this.get(key) !== undefined;
  }

  keys(): MapIterator<string> {
    return this.#paidKeys().values();
  }

  *entries(): MapIterator<[string, CelInput]> {
    for (const key of this.#paidKeys()) {
      const value = this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  *values(): MapIterator<CelInput> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, CelInput]> {
    return this.entries();
  }

  forEach(callback: (value: CelInput, key: MapKey, map: ReadonlyMap<MapKey, CelInput>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }

  #paidKeys(): readonly string[] {
    this.#keys ??= Object.keys(this.#object).filter((key) => this.#object[key] !== undefined);
    this.#budget.spend(1 + 2 * this.#keys.length);
    return this.#keys;
  }
}

function isInt(number: number): boolean {
  return Number.isInteger(number) && number >= -(2 ** 63) && number < 2 ** 63;
}

function isList(json: readonly Json[] | JsonObject): json is readonly Json[] {
  return Array.isArray(json);
}
