import { type Clock, systemClock } from '../../waiter/wait-clock.ts';

export type { Clock };

/** The simulators' clock: `now` is in milliseconds since the epoch, since objects carry dates. */
export const wallClock: Clock = { now: () => Date.now(), sleep: systemClock.sleep };

/** A time as Kubernetes writes it: RFC 3339 in whole seconds. */
export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
}
