import { fs } from './builtin.ts';
import type { Result } from './wait.ts';

/** Where the kubelet looks for a container's last words, which it shows in the Pod's status. */
export const TERMINATION_LOG = '/dev/termination-log';

/** The result as one line of JSON. Well below the 4,096 bytes that the kubelet reads: answers are bounded by `wait`. */
export function terminationMessage(check: string, result: Result): string {
  return JSON.stringify({ check, ...result });
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
