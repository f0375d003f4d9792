import { type Options, parseArguments } from '../../waiter/arguments.ts';
import { createCheck, describeCheck } from '../../waiter/checks/known-checks.ts';
import type { ReadFile } from '../../waiter/files.ts';
import { formatJson, formatText } from '../../waiter/log.ts';
import { sharedTrust } from '../../waiter/network/trust.ts';
import { isForRun, openingCommand } from '../../waiter/opened.ts';
import { terminationMessage } from '../../waiter/termination.ts';
import { wait } from '../../waiter/wait.ts';
import { problemWords } from '../../waiter/wait-problem.ts';
import type { PodNetwork } from './pod-network.ts';
import { type Exit, isPlayed, playCommand, playScript, type ShellWorld } from './shell-stand-in.ts';

/** How long a program runs of which the sandbox knows nothing. */
const UNKNOWN_PROGRAM_MS = 200;

/** What a program in a container sees of the world. */
export interface ProgramWorld extends ShellWorld {
  readonly network: PodNetwork;
  readonly random: () => number;
  /** The Pod's annotations as they are at the time of the call. */
  readonly annotations: () => Readonly<Record<string, string>>;
  /** The files that are mounted into the container. */
  readonly readFile: ReadFile;
}

/**
 * Runs an init container's program to its end: the waiter's own code for a gate's container (it has arguments only), the
 * stand-in for a shell's script or one of its commands. Any other program is taken to succeed after a moment.
 */
export async function runProgram(
  command: readonly string[],
  args: readonly string[],
  world: ProgramWorld,
): Promise<Exit> {
  if (command.length === 0 && args[0] === 'wait') return runWaiter(args.slice(1), world);
  const words = [...command, ...args];
  const [program, option, script] = words;
  if (/^(\/bin\/)?(ba|da|a)?sh$/.test(program ?? '') && option === '-c')
    return playScript(script ?? '', world);
  if (isPlayed(program)) return playCommand(words, world);
  world.log('the sandbox does not run this program; it counts as successful');
  await world.clock.sleep(UNKNOWN_PROGRAM_MS, world.signal);
  return { exitCode: 0 };
}

/** The program `dependency-gate wait`, with the cluster's network and the Pod's annotations in place of the container's. */
async function runWaiter(argv: readonly string[], world: ProgramWorld): Promise<Exit> {
  const options = waitOptions(argv, world);
  if (typeof options === 'string') return { exitCode: 2, message: options };
  const check = describeCheck(options.check);
  const openBy = openingCommand(options, world.environment, world.network.search.search);
  const about = { ...options, check, openBy };
  const startedAt = world.clock.now();
  const isOpened = () => {
    const value = options.opening && world.annotations()[options.opening.key];
    return value !== undefined && isForRun(value, startedAt);
  };
  const result = await wait(options, {
    ...world,
    check: createCheck(options.check, world.network, world.network.search, sharedTrust(world.readFile)),
    isOpened,
    log: (event) => {
      const asJson = () => [formatJson(event, about, new Date(world.clock.now()))];
      for (const line of options.logFormat === 'json' ? asJson() : formatText(event, about)) world.log(line);
    },
  });
  return { exitCode: result.outcome === 'stopped' ? 143 : 0, message: terminationMessage(check, result) };
}

/** The options, or why there are none. */
function waitOptions(argv: readonly string[], { environment, log }: ProgramWorld): Options | string {
  try {
    return parseArguments(argv, environment);
  } catch (error) {
    const problem = problemWords(error);
    log(`dependency-gate wait: ${problem}`);
    return problem;
  }
}
