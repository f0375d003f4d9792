import { ALL_DEPENDENCIES } from '../api/names.ts';
import { type Options, type OuterOptions, parseArguments, parseOuter } from './arguments.ts';
import { util } from './builtin.ts';
import type { Environment } from './destination.ts';
import { UsageError, ValueError } from './wait-problem.ts';

/** What the program waits for. */
export interface Waits {
  readonly dependencies: readonly Options[];
  /** Of several dependencies, as a whole: what opens all that are not there yet. Undefined where there is one by itself. */
  readonly whole: OuterOptions | undefined;
}

/** Ends what is said of the whole and of each dependency: an argument of its own. */
const SEPARATOR = '--';

/**
 * Reads the arguments after `wait`: those of one dependency, or `all` and then those of several, as they would be for each
 * by itself. Throws `UsageError` and `ValueError`.
 */
export function parseWaits(argv: readonly string[], env: Environment): Waits {
  const [kind, ...args] = argv;
  if (kind !== ALL_DEPENDENCIES) return { dependencies: [parseArguments(argv, env)], whole: undefined };
  const [own = [], ...parts] = split(args);
  const whole = parseOuter(own);
  if (parts.length === 0) throw new UsageError(`no dependency given: expected ${SEPARATOR} before each`);
  const dependencies = parts.map((part, index) => parsePart(part, index, whole.logFormat, env));
  assertNamesDiffer(dependencies);
  return { dependencies, whole };
}

function split(args: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  for (const arg of args)
    if (arg === SEPARATOR) parts.push([]);
    else parts.at(-1)?.push(arg);
  return parts;
}

/** A dependency's own format of the log comes later, and so overrides that of all. */
function parsePart(
  [kind, ...args]: readonly string[],
  index: number,
  logFormat: Options['logFormat'],
  env: Environment,
): Options {
  try {
    return parseArguments(kind === undefined ? [] : [kind, `--log-format=${logFormat}`, ...args], env);
  } catch (error) {
    const whose = nameIn(args) ?? `dependency ${index + 1}`;
    if (error instanceof UsageError) throw new UsageError(`${whose}: ${error.message}`);
    if (error instanceof ValueError) throw new ValueError(`${whose}: ${error.message}`);
    throw error;
  }
}

/** The name of a dependency whose other arguments may be wrong. */
function nameIn(args: readonly string[]): string | undefined {
  const options = { name: { type: 'string' } } as const;
  const { name } = util.parseArgs({ args: [...args], options, strict: false }).values;
  return typeof name === 'string' ? name : undefined;
}

/** In the log and in the termination message a name is all that tells them apart. */
function assertNamesDiffer(dependencies: readonly Options[]): void {
  const names = dependencies.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new UsageError(`two dependencies have the name '${twice}': give each its own by --name`);
}
