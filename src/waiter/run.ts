import { fs } from './builtin.ts';
import type { Environment } from './destination.ts';
import { readFile } from './files.ts';
import { HELP } from './help.ts';
import { parseHosts } from './network/hosts.ts';
import { systemNetwork } from './network/network.ts';
import { parseResolvConf } from './network/resolv-conf.ts';
import { isOpened, readAnnotations, readingOnce } from './opened.ts';
import { leaveMessage, TERMINATION_LOG } from './termination.ts';
import { systemClock } from './wait-clock.ts';
import { waitForAll } from './wait-for-all.ts';
import { problemWords } from './wait-problem.ts';
import { parseWaits, type Waits } from './waits.ts';

/** The parts of a process that the program uses; Node's own `process` is one. */
export interface WaiterProcess {
  readonly env: Environment;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Seconds since it started. */
  uptime(): number;
  on(event: Signal, listener: () => void): unknown;
  off(event: Signal, listener: () => void): unknown;
}

type Signal = 'SIGTERM' | 'SIGINT';

/** Files that the program reads and writes. */
export interface Files {
  readonly resolvConf: string;
  readonly hosts: string;
  readonly terminationLog: string;
}

const SYSTEM_FILES: Files = {
  resolvConf: '/etc/resolv.conf',
  hosts: '/etc/hosts',
  terminationLog: TERMINATION_LOG,
};

/**
 * The program `dependency-gate wait`: runs until each wait is over and resolves with the exit code, which the caller should
 * exit with at once (`process.exit`), since open sockets may live a moment longer.
 *
 * @param argv the arguments after `wait`
 */
export async function run(
  argv: readonly string[],
  process: WaiterProcess,
  files = SYSTEM_FILES,
): Promise<number> {
  if (argv.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  try {
    return await runWaits(parseWaits(argv, process.env), process, files);
  } catch (error) {
    const problem = problemWords(error);
    process.stderr.write(`dependency-gate wait: ${problem}\n`);
    leaveMessage(files.terminationLog, problem);
    return 2;
  }
}

async function runWaits(waits: Waits, process: WaiterProcess, files: Files): Promise<number> {
  const ending = endingSignal(process);
  const startedAt = Date.now() - process.uptime() * 1000;
  const annotations = readingOnce(readAnnotations, systemClock);
  try {
    const resolvConf = parseResolvConf(read(files.resolvConf));
    const search = { ...resolvConf, hosts: parseHosts(read(files.hosts)) };
    const { isStopped, message } = await waitForAll(waits, {
      environment: process.env,
      search,
      connect: () => systemNetwork(resolvConf.nameservers, search),
      readFile,
      isOpened: ({ key, file }) => isOpened(annotations(file), key, startedAt),
      print: (lines) => process.stdout.write(`${lines.join('\n')}\n`),
      clock: systemClock,
      date: () => new Date(),
      random: Math.random,
      signal: ending.signal,
    });
    leaveMessage(files.terminationLog, message);
    return isStopped ? exitCode(ending.signal) : 0;
  } finally {
    ending.forget();
  }
}

/** A signal that aborts with the process's: as process 1 of a container, it dies of neither unless it listens. */
function endingSignal(process: WaiterProcess) {
  const controller = new AbortController();
  const term = () => controller.abort('SIGTERM');
  const interrupt = () => controller.abort('SIGINT');
  process.on('SIGTERM', term);
  process.on('SIGINT', interrupt);
  const forget = () => {
    process.off('SIGTERM', term);
    process.off('SIGINT', interrupt);
  };
  return { signal: controller.signal, forget };
}

/** As a shell has it: 128 and the signal's number. */
function exitCode(signal: AbortSignal): number {
  return signal.reason === 'SIGINT' ? 130 : 143;
}

/** Either file may be missing; then the resolver's own defaults hold. */
function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
