import { InvalidArgumentError } from 'commander';

/** Numbers on the command line: what is no such number is wrong usage. */

/** A user id, or that the cluster is to choose one. */
export type UserId = number | 'none';

/** `none` stays a word: commander takes an undefined result of a parser for the empty string. */
export function uid(text: string): UserId {
  return text === 'none' ? text : integer(text, 0, 2_147_483_647);
}

/** The user id as a setting; undefined leaves it to the cluster. */
export function chosenUid(user: UserId): number | undefined {
  return user === 'none' ? undefined : user;
}

export function positive(text: string): number {
  return integer(text, 1, 100);
}

/** A TCP port; 0 takes a free one. */
export function port(text: string): number {
  return integer(text, 0, 65_535);
}

function integer(text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
}
