import type { Resources } from './fields.ts';

const FACTORS: Readonly<Record<string, bigint>> = {
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

/** A quantity of the schema's pattern in billionths, rounded up as the API server does; undefined for any other text. */
export function billionths(quantity: string): bigint | undefined {
  const [, whole = '', decimals = '', suffix = ''] = /^(\d+)(?:\.(\d+))?(\D*)$/.exec(quantity) ?? [];
  const factor = FACTORS[suffix];
  if (whole === '' || factor === undefined) return undefined;
  const divisor = 10n ** BigInt(decimals.length);
  return (BigInt(whole + decimals) * factor + divisor - 1n) / divisor;
}

const AMOUNTS = ['cpu', 'memory', 'ephemeral-storage'] as const;

/** CEL over resources `self`: nothing is requested beyond its limit. A hyphen in a field's name is escaped. */
export const WITHIN_LIMITS_CEL = `!has(self.requests) || !has(self.limits) || (${AMOUNTS.map((amount) => {
  const field = amount.replaceAll('-', '__dash__');
  const [request, limit] = [`self.requests.${field}`, `self.limits.${field}`];
  return `(!has(${request}) || !has(${limit}) || quantity(${request}).compareTo(quantity(${limit})) <= 0)`;
}).join(' && ')})`;

export function isWithinLimits({ requests = {}, limits = {} }: Resources): boolean {
  return AMOUNTS.every((amount) => {
    const [request, limit] = [requests[amount], limits[amount]].map((one) => billionths(one ?? ''));
    return request === undefined || limit === undefined || request <= limit;
  });
}
