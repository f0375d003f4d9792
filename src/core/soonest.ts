/** The first of several times, as far as there are any. */
export function soonest(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce(
    (first, ms) => (first === undefined || (ms !== undefined && ms < first) ? ms : first),
    undefined,
  );
}
