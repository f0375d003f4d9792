/** How times, counts and names are written. */

/** `45s`, `4m12s`, `3h20m`, `5d2h`: the two largest units of a time in ms; undefined for less than none, of clocks that differ. */
export function duration(ms: number): string | undefined {
  if (!(ms >= 0)) return undefined;
  const seconds = Math.floor(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2);
  return shown
    .filter(([count], index) => count > 0 || index === 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
}

/** ` for 4m12s`; nothing where the time is not known, or lies ahead. */
export function forHowLong(since: string | undefined, now: number): string {
  const time = duration(now - Date.parse(since ?? ''));
  return time === undefined ? '' : ` for ${time}`;
}

/** As many names as one reads, and how many more there are of `total`. */
export function some(names: readonly string[], total = names.length): string {
  const shown = names.slice(0, MAX_NAMES);
  const more = total - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

export const MAX_NAMES = 10;

/** A word of a command line, quoted where a shell would not take it for one. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
