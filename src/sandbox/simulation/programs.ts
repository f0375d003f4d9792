import type { ReadFile } from '../../waiter/files.ts';
import { isForRun } from '../../waiter/opened.ts';
import { waitForAll } from '../../waiter/wait-for-all.ts';
import { problemWords } from '../../waiter/wait-problem.ts';
import { parseWaits, type Waits } from '../../waiter/waits.ts';
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
  const waits = whatToWaitFor(argv, world);
  if (typeof waits === 'string') return { exitCode: 2, message: waits };
  const startedAt = world.clock.now();
  const { isStopped, message } = await waitForAll(waits, {
    ...world,
    search: world.network.search,
    connect: () => world.network,
    isOpened: ({ key }) => {
      const value = world.annotations()[key];
      return value !== undefined && isForRun(value, startedAt);
    },
    print: (lines) => {
      for (const line of lines) world.log(line);
    },
    date: () => new Date(world.clock.now()),
  });
  return { exitCode: isStopped ? 143 : 0, message };
}

/** What it waits for, or why nothing. */
function whatToWaitFor(argv: readonly string[], { environment, log }: ProgramWorld): Waits | string {
  try {
    return parseWaits(argv, environment);
  } catch (error) {
    const problem = problemWords(error);
    log(`dependency-gate wait: ${problem}`);
    return problem;
  }
}
