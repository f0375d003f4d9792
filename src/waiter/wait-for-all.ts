import type { Opening, Options } from './arguments.ts';
import type { Network } from './checks/check.ts';
import { createCheck, describeCheck } from './checks/known-checks.ts';
import type { Environment } from './destination.ts';
import type { ReadFile } from './files.ts';
import { CONTINUING, formatJson, formatJsonOfAll, formatText } from './log.ts';
import type { Search } from './network/search.ts';
import { sharedTrust, type TrustIn } from './network/trust.ts';
import { openingCommand } from './opened.ts';
import { terminationMessage, terminationMessageOfAll } from './termination.ts';
import { type Surroundings, wait } from './wait.ts';
import type { Waits } from './waits.ts';
import { type DependencyResult, wholeResult } from './whole-result.ts';

/** What the program waits in: a container, or the sandbox's stand-in for one. */
export interface WaiterWorld extends Pick<Surroundings, 'clock' | 'random' | 'signal'> {
  readonly environment: Environment;
  readonly search: Search;
  /** Called once for each dependency: the end of an attempt cuts short all that is asked by way of the same network. */
  readonly connect: () => Network;
  readonly readFile: ReadFile;
  /** Whether the Pod's annotations say so, for this run of the container. */
  readonly isOpened: (opening: Opening) => boolean;
  readonly print: (lines: readonly string[]) => void;
  readonly date: () => Date;
}

/** How it all ended. */
export interface WaitsEnd {
  /** Whether it was cut short, with at least one dependency not there. */
  readonly isStopped: boolean;
  /** For the Pod's status. */
  readonly message: string;
}

/** Waits for all dependencies side by side, each by its own settings, and ends when each of them has ended. */
export async function waitForAll(waits: Waits, world: WaiterWorld): Promise<WaitsEnd> {
  const { dependencies, whole } = waits;
  const trustIn = sharedTrust(world.readFile);
  const results = await Promise.all(
    dependencies.map((options) => waitForOne(options, whole, trustIn, world)),
  );
  const result = wholeResult(results);
  const isStopped = result.outcome === 'stopped';
  const format = whole?.logFormat ?? dependencies[0]?.logFormat;
  if (format === 'text' && !isStopped) world.print([CONTINUING]);
  if (format === 'json' && whole !== undefined) world.print([formatJsonOfAll(result, world.date())]);
  const [only] = results;
  const message =
    whole === undefined && only !== undefined ? terminationMessage(only) : terminationMessageOfAll(result);
  return { isStopped, message };
}

async function waitForOne(
  options: Options,
  whole: Waits['whole'],
  trustIn: TrustIn,
  world: WaiterWorld,
): Promise<DependencyResult> {
  const { environment, search, connect, isOpened, print, date } = world;
  const check = describeCheck(options.check);
  const openBy = openingCommand(options, environment, search.search);
  const about = { ...options, check, openBy, isOneOfSeveral: whole !== undefined };
  const openings = [options.opening, whole?.opening].filter((opening) => opening !== undefined);
  const result = await wait(options, {
    ...world,
    check: createCheck(options.check, connect(), search, trustIn),
    isOpened: () => openings.some(isOpened),
    log: (event) =>
      print(options.logFormat === 'json' ? [formatJson(event, about, date())] : formatText(event, about)),
  });
  return { name: options.name, check, ...result };
}
