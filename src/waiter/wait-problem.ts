import { plain } from '../api/plain.ts';

/** More than any of ours has; an argument of any length may be quoted. */
const MAX_LENGTH = 1024;

/** The command line is wrong; the message is one clear line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a Secret or ConfigMap holds is of no use; the message says which key, and never what is in it. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

/** What a person is told where the program cannot begin. @throws whatever else it is given: that is a defect */
export function problemWords(error: unknown): string {
  if (error instanceof ValueError) return error.message;
  if (error instanceof UsageError)
    return `${plain(error.message.slice(0, MAX_LENGTH))} (--help lists the options)`;
  throw error;
}
