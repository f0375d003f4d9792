/**
 * CEL about positions in lists. All of it is in Kubernetes from 1.32 on: `lists.range`, `slice`, `sort` and `flatten` do what
 * some of this does, but an API server of 1.34 takes no new policy that calls them, and these policies work there too.
 */

/** CEL: the positions in a list that have a condition on `i`. */
export function positions(list: string, condition: string): string {
  return `${list}.transformList(i, _, ${condition}, i)`;
}

/** CEL: something of each position `index` in a list. */
export function ofEach(list: string, index: string, expression: string): string {
  return `${list}.transformList(${index}, _, ${expression})`;
}

/** CEL: a condition on the position `k` holds for all in a list. */
export function holdsForEach(list: string, condition: string): string {
  return `${list}.all(k, _, ${condition})`;
}

/** CEL: how many before the position `i` in a list have a condition on the element `x`. */
export function countBefore(list: string, condition: string): string {
  return `size(${list}.transformList(j, x, j < i && ${condition}, j))`;
}

/** CEL: of each element its position in the sorted list; of equal ones the first is first. */
export function ranks(list: string): string {
  return `${list}.transformList(i, x, size(${list}.transformList(j, y, y < x || (y == x && j < i), j)))`;
}

/** CEL: the positions of the elements, sorted, by their ranks. */
export function byRank(ranked: string): string {
  return ofEach(ranked, 'k', `${ranked}.indexOf(k)`);
}

/**
 * CEL: something of each pair of a number `k` and one of its numbers.
 *
 * @param numbers CEL: those of `k`
 * @param expression makes CEL of the two
 */
export function ofEachPair(
  list: string,
  numbers: string,
  expression: (k: string, number: string) => string,
): string {
  // Nothing makes one list of many, except for those of strings.
  const pairs = `${list}.map(k, ${numbers}.map(n, string(k) + '/' + string(n)).join(',')).join(',').split(',').filter(s, s != '')`;
  return `${pairs}.map(s, s.split('/').map(n, int(n))).map(p, ${expression('p[0]', 'p[1]')})`;
}
