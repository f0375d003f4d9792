import { containerOwner } from '../../api/names.ts';
import type { Obstacle } from './obstacle.ts';

/** A gate's containers, and where they are to stand: first, or right behind an init container of the template's own. */
export interface Placed {
  /** In their order. */
  readonly names: readonly string[];
  readonly after: string | undefined;
}

/**
 * The names of all init containers of a template in the order that they should have: the one place that decides it, and
 * `policies/order-cel.ts` says it in CEL.
 *
 * The template's own keep their order and divide the list into places: one before the first of them, and one behind each. In
 * a place the gates are sorted by their names. Each gate is put where it asks to be, and where that container is not there,
 * first; gates that are not asked about stay in the place that they have, since only they know which is theirs.
 *
 * @param placed by the names of their gates; none of their containers stays otherwise
 */
export function orderWith(live: readonly string[], placed: ReadonlyMap<string, Placed>): string[] {
  const own = live.filter((name) => containerOwner(name) === undefined);
  const places: string[][] = [[], ...own.map(() => [])];
  let at = 0;
  for (const name of live) {
    const owner = containerOwner(name);
    if (owner === undefined) at++;
    else if (!placed.has(owner.gate)) places[at]?.push(name);
  }
  for (const { names, after } of placed.values()) places[placeIn(own, after)]?.push(...names);
  return places.flatMap((names, place) => [...names.toSorted(byGate), ...own.slice(place, place + 1)]);
}

/** What is told where a gate is to stand behind a container that the template has not; undefined where it stands right. */
export function lost(live: readonly string[], after: string | undefined): Obstacle | undefined {
  if (after === undefined || live.includes(after)) return undefined;
  return {
    reason: 'AfterMissing',
    message: `its Pod template has no init container ${after}, which spec.after names, so its Pods wait before all of its own: add that container, or correct spec.after`,
  };
}

/** 0 is before all of them. */
function placeIn(own: readonly string[], after: string | undefined): number {
  return after === undefined ? 0 : own.indexOf(after) + 1;
}

/** Sorts by gate only: the sort is stable, so the order inside a gate is the render's. */
function byGate(a: string, b: string): number {
  const [left, right] = [containerOwner(a)?.gate ?? '', containerOwner(b)?.gate ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}
