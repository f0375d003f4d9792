import { chosenUid, type UserId } from '../options/numbers.ts';
import { print } from '../print.ts';
import { type InputFlags, readFiles, readInput } from './read-input.ts';
import { type OUTPUTS, type Rendered, renderSources } from './sources.ts';
import { InputError } from './yaml/documents.ts';

/** The options of `dependency-gate render`. */
export interface RenderFlags extends InputFlags {
  /** Files that gates are read from, and that are not printed. */
  readonly gates?: readonly string[];
  readonly output: (typeof OUTPUTS)[number];
  readonly diff?: true;
  readonly strict?: true;
  readonly waiterImage?: string;
  readonly waiterImagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  readonly runAsUser: UserId;
}

/**
 * Prints the result to standard output and warnings to standard error.
 * @returns the exit code: 1 for input that is wrong, and with `--strict` for any warning; nothing is printed then
 */
export async function runRender(flags: RenderFlags): Promise<number> {
  try {
    const { texts, warnings } = await renderFlags(flags);
    for (const warning of warnings) console.error(`dependency-gate: warning: ${warning}`);
    if (flags.strict && warnings.length > 0) return 1;
    await print(texts);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const problem of error.problems) console.error(`dependency-gate: ${problem}`);
    return 1;
  }
}

async function renderFlags(flags: RenderFlags): Promise<Rendered> {
  const { waiterImage, waiterImagePullPolicy } = flags;
  return renderSources(await readInput(flags), await readFiles(flags.gates ?? []), {
    settings: { waiterImage, waiterImagePullPolicy, runAsUser: chosenUid(flags.runAsUser) },
    output: flags.diff ? 'diff' : flags.output,
  });
}
