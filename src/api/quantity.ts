import type { Resources } from './fields.ts';

const FACTORS: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 10n ** 3n,
  m: 10n ** 6n,
  '': 10n ** 9n,
  k: 10n ** 12n,
  M: 10n ** 15n,
  G: 10n ** 18n,
  T: 10n ** 21n,
  P: 10n ** 24n,
  E: 10n ** 27n,
  Ki: 10n ** 9n * 2n ** 10n,
  Mi: 10n ** 9n * 2n ** 20n,
  Gi: 10n ** 9n * 2n ** 30n,
  Ti: 10n ** 9n * 2n ** 40n,
  Pi: 10n ** 9n * 2n ** 50n,
  Ei: 10n ** 9n * 2n ** 60n,
};

/** A larger exponent is no amount of anything, and its power would take for ever. */
const MAX_EXPONENT = 30;

/**
 * A quantity of Kubernetes in billionths, rounded up as the API server does; undefined for any other text. The schema's own
 * pattern lets fewer forms through.
 */
export function billionths(quantity: string): bigint | undefined {
  const [, whole = '', decimals = '', exponent = '0', suffix = ''] =
    /^\+?(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?([a-zA-Z]*)$/.exec(quantity) ?? [];
  const factor = FACTORS[suffix];
  const power = Number(exponent) - decimals.length;
  if (whole + decimals === '' || factor === undefined || Math.abs(Number(exponent)) > MAX_EXPONENT)
    return undefined;
  const amount = BigInt(whole + decimals) * factor * 10n ** BigInt(Math.max(0, power));
  const divisor = 10n ** BigInt(Math.max(0, -power));
  return (amount + divisor - 1n) / divisor;
}

const AMOUNTS = ['cpu', 'memory', 'ephemeral-storage'] as const;

/**
 * CEL over resources `self`: nothing is requested beyond its limit, as far as the two are amounts at all. A hyphen in a
 * field's name is escaped.
 */
export const WITHIN_LIMITS_CEL = `!has(self.requests) || !has(self.limits) || (${AMOUNTS.map((amount) => {
  const field = amount.replaceAll('-', '__dash__');
  const [request, limit] = [`self.requests.${field}`, `self.limits.${field}`];
  return `(!has(${request}) || !has(${limit}) || !isQuantity(${request}) || !isQuantity(${limit}) || quantity(${request}).compareTo(quantity(${limit})) <= 0)`;
}).join(' && ')})`;

export function isWithinLimits({ requests = {}, limits = {} }: Resources): boolean {
  return AMOUNTS.every((amount) => {
    const [request, limit] = [requests[amount], limits[amount]].map((one) => billionths(one ?? ''));
    return request === undefined || limit === undefined || request <= limit;
  });
}
