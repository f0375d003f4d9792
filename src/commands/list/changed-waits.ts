import { isDeepStrictEqual } from 'node:util';
import type { Wait } from './waits.ts';

/** What was told of the waits of some gates, so that a watch tells what is new and nothing twice. */
export class ToldWaits {
  /** By gate, then by dependency and state; gates of which nothing waits are not there. */
  readonly #told = new Map<string, Map<string, Wait>>();

  constructor(waits: readonly Wait[]) {
    for (const [gate, own] of Map.groupBy(waits, gateOf)) this.#told.set(gate, byLine(own));
  }

  /** What is to be told once these are the waits of a gate: those that are new or other, and those that are over. */
  changes(gate: Pick<Wait, 'namespace' | 'gate'>, waits: readonly Wait[]): Wait[] {
    const key = gateOf(gate);
    const before = this.#told.get(key) ?? new Map<string, Wait>();
    const now = byLine(waits);
    if (now.size > 0) this.#told.set(key, now);
    else this.#told.delete(key);
    const news = waits.filter((wait) => !isDeepStrictEqual(before.get(lineOf(wait)), wait));
    const over = [...before].filter(([line]) => !now.has(line)).map(([, wait]) => ended(wait));
    return [...over, ...news];
  }
}

/** The line that says that nothing waits any more where something did. */
function ended({ namespace, gate, dependency, check }: Wait): Wait {
  const what = { namespace, gate, ...(dependency && { dependency }), ...(check && { check }) };
  return { ...what, state: 'Over', pods: 0, why: 'nothing waits for it any more' };
}

function gateOf({ namespace, gate }: Pick<Wait, 'namespace' | 'gate'>): string {
  return `${namespace}/${gate}`;
}

/** A dependency has one line; besides there may be one for each state of the gate itself. */
function lineOf({ dependency, state }: Wait): string {
  return dependency ?? ` ${state}`;
}

function byLine(waits: readonly Wait[]): Map<string, Wait> {
  return new Map(waits.map((wait) => [lineOf(wait), wait]));
}
