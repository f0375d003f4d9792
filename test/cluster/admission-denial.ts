import { expect } from 'chai';
import { CommandError } from './run-command.ts';

/** What kubectl says of a request that must be denied. */
export async function denial(command: Promise<unknown>): Promise<string> {
  try {
    await command;
  } catch (error) {
    if (error instanceof CommandError) return error.stderr;
    throw error;
  }
  return expect.fail('it was let through');
}
