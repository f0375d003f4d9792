const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** From which age on a duration is told in which units (the second only where it is not 0). */
const UNITS: readonly {
  readonly below: number;
  readonly unit: [number, string];
  readonly rest?: [number, string];
}[] = [
  { below: 2 * MINUTE, unit: [SECOND, 's'] },
  { below: 10 * MINUTE, unit: [MINUTE, 'm'], rest: [SECOND, 's'] },
  { below: 3 * HOUR, unit: [MINUTE, 'm'] },
  { below: 8 * HOUR, unit: [HOUR, 'h'], rest: [MINUTE, 'm'] },
  { below: 2 * DAY, unit: [HOUR, 'h'] },
  { below: 8 * DAY, unit: [DAY, 'd'], rest: [HOUR, 'h'] },
  { below: 2 * YEAR, unit: [DAY, 'd'] },
  { below: 8 * YEAR, unit: [YEAR, 'y'], rest: [DAY, 'd'] },
  { below: Number.POSITIVE_INFINITY, unit: [YEAR, 'y'] },
];

/** A duration in ms as kubectl's AGE column tells it: `45s`, `2m5s`, `3h`, `8d`. */
export function humanDuration(ms: number): string {
  if (ms <= -2 * SECOND) return '<invalid>';
  const age = Math.max(0, ms);
  const { unit, rest } = UNITS.find(({ below }) => age < below) ?? { unit: [SECOND, 's'] };
  const [size, name] = unit;
  const remainder = rest ? Math.floor((age % size) / rest[0]) : 0;
  return `${Math.floor(age / size)}${name}${rest && remainder > 0 ? `${remainder}${rest[1]}` : ''}`;
}

/** How long ago a Kubernetes time was; `<unknown>` where there is none. */
export function ageOf(time: unknown, now: number): string {
  return typeof time === 'string' ? humanDuration(now - Date.parse(time)) : '<unknown>';
}
