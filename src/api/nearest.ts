/**
 * Which of the words that are possible was meant by one that is not: the same in other letters' case, in the singular or
 * plural, the beginning of one, or one that is few slips of a finger away. Undefined where none is near.
 */
export function nearest(word: string, possible: readonly string[]): string | undefined {
  const given = word.toLowerCase();
  const allowed = Math.max(1, Math.floor(word.length / 3));
  const [best] = possible
    .map((one) => ({ one, slips: distance(given, one.toLowerCase(), allowed) }))
    .filter(({ slips }) => slips <= allowed)
    .toSorted((a, b) => a.slips - b.slips);
  return best?.one;
}

/** Letters from which on the beginning of a word tells which one it is. */
const TELLING = 4;

/** How far two words are from each other; 0 and 1 for two forms of one, more than `most` where it does not matter. */
function distance(given: string, word: string, most: number): number {
  if (given === word) return 0;
  if (`${given}s` === word || given === `${word}s`) return 0.5;
  if (given.length >= TELLING && word.startsWith(given)) return 0.75;
  if (Math.abs(given.length - word.length) > most) return most + 1;
  return slips(given, word);
}

/** Letters that are too many, too few, wrong, or changed places with their neighbour (optimal string alignment). */
function slips(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const here = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      here.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (here[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          swapped && row > 1 && column > 1 ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, last] = [last, here];
  }
  return last[to.length] ?? 0;
}
