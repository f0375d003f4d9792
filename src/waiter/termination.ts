import { fs } from './builtin.ts';
import type { DependencyResult, WholeResult } from './whole-result.ts';

/** Where the kubelet looks for a container's last words, which it shows in the Pod's status. */
export const TERMINATION_LOG = '/dev/termination-log';

/**
 * What the kubelet reads of a container's message is at most 4,096 bytes, and of that it keeps, in a Pod of more than three
 * containers, as much as its share of 12 KiB: what is cut off is no JSON any more.
 */
const LIMIT = 4095;
/** The share in a Pod of six containers. */
const WISHED = 2048;
/** Characters to which texts are cut for the sake of the smaller one: most answers are no longer. */
const SHORT = 20;
/** Longer than any text: what a check asks for has at most 2,048 characters where a gate has it. */
const LONGEST = 2300;

/** The result as one line of JSON. Well below what the kubelet reads: answers are bounded by `wait`. */
export function terminationMessage({ name, ...result }: DependencyResult): string {
  return JSON.stringify(result);
}

/**
 * The results of several dependencies as one line of JSON, always short enough for the kubelet: all texts are cut to the same
 * length until it is. Of more than a gate may have it tells the outcome of the whole only.
 */
export function terminationMessageOfAll({ dependencies, ...whole }: WholeResult): string {
  for (let length = LONGEST; length > 0; length = Math.floor(length * 0.9)) {
    const cut = dependencies.map((result) => withTextsOf(length, result));
    const message = JSON.stringify({ ...whole, dependencies: cut });
    if (Buffer.byteLength(message) <= (length > SHORT ? WISHED : LIMIT)) return message;
  }
  return JSON.stringify(whole);
}

function withTextsOf(length: number, result: DependencyResult): DependencyResult {
  const { check, lastError, answer } = result;
  const cut = (text: string) => text.slice(0, length).toWellFormed();
  return {
    ...result,
    check: cut(check),
    ...(lastError !== undefined && { lastError: cut(lastError) }),
    ...(answer !== undefined && { answer: cut(answer) }),
  };
}

/**
 * Leaves a message for the kubelet. The file is never created: where the kubelet has not put it, nobody reads it.
 * A message that cannot be left is no reason to fail.
 */
export function leaveMessage(file: string, message: string): void {
  try {
    const opened = fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_TRUNC);
    try {
      fs.writeSync(opened, message);
    } finally {
      fs.closeSync(opened);
    }
  } catch {
    return;
  }
}
