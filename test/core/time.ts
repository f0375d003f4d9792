/** The time at which the tests' decisions are made. */
export const NOW = Date.parse('2026-01-01T12:00:00Z');

/** RFC 3339, so many seconds before {@link NOW}. */
export function ago(seconds: number): string {
  return `${new Date(NOW - seconds * 1000).toISOString().slice(0, 19)}Z`;
}
