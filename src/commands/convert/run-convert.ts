import { plain } from '../../api/plain.ts';
import { print } from '../print.ts';
import { type InputFlags, readInput } from '../render/read-input.ts';
import { InputError } from '../render/yaml/documents.ts';
import { convertSources } from './convert.ts';

/** Prints the proposal. @returns the exit code: 1 for input that cannot be read */
export async function runConvert(flags: InputFlags): Promise<number> {
  try {
    await print([convertSources(await readInput(flags))]);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const problem of error.problems) console.error(`dependency-gate: ${plain(problem)}`);
    return 1;
  }
}
