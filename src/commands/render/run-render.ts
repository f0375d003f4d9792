import { stderr } from 'node:process';
import { plain } from '../../api/plain.ts';
import { chosenUid, type UserId } from '../options/numbers.ts';
import { print } from '../print.ts';
import type { Process } from '../process.ts';
import { tellHelm } from './helm-words.ts';
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
 * Prints the result to standard output, notes and warnings to standard error.
 * @returns the exit code: 1 for input that is wrong, and with `--strict` for any warning; nothing is printed then
 */
export async function runRender(flags: RenderFlags, { env }: Pick<Process, 'env'>): Promise<number> {
  const { texts, warnings, notes = [], problems = [] } = await renderFlags(flags).catch(asProblems);
  const words = [
    ...notes.map((note) => `note: ${note}`),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...problems,
  ]
    .map((line) => `dependency-gate: ${plain(line)}\n`)
    .join('');
  stderr.write(words);
  if (problems.length === 0 && !(flags.strict && warnings.length > 0)) {
    await print(texts);
    return 0;
  }
  if (env.HELM_PLUGIN_NAME !== undefined) await tellHelm(words);
  return 1;
}

interface RenderOutcome extends Rendered {
  readonly problems?: readonly string[];
}

function asProblems(error: unknown): RenderOutcome {
  if (!(error instanceof InputError)) throw error;
  return { texts: [], warnings: [], problems: error.problems };
}

async function renderFlags(flags: RenderFlags): Promise<RenderOutcome> {
  const { waiterImage, waiterImagePullPolicy } = flags;
  return renderSources(await readInput(flags), await readFiles(flags.gates ?? []), {
    settings: { waiterImage, waiterImagePullPolicy, runAsUser: chosenUid(flags.runAsUser) },
    output: flags.diff ? 'diff' : flags.output,
  });
}
