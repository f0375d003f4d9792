import { type Options, parseArguments } from './arguments.ts';
import { fs } from './builtin.ts';
import { createCheck, describeCheck } from './checks/known-checks.ts';
import type { Environment } from './destination.ts';
import { readFile } from './files.ts';
import { HELP } from './help.ts';
import { formatJson, formatText } from './log.ts';
import { parseHosts } from './network/hosts.ts';
import { systemNetwork } from './network/network.ts';
import { parseResolvConf } from './network/resolv-conf.ts';
import { sharedTrust } from './network/trust.ts';
import { isOpened, openingCommand } from './opened.ts';
import { leaveMessage, TERMINATION_LOG, terminationMessage } from './termination.ts';
import { type Result, wait } from './wait.ts';
import { systemClock } from './wait-clock.ts';
import { problemWords } from './wait-problem.ts';

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
 * The program `dependency-gate wait`: runs until the wait is over and resolves with the exit code, which the caller should
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
    return await runWait(parseArguments(argv, process.env), process, files);
  } catch (error) {
    const problem = problemWords(error);
    process.stderr.write(`dependency-gate wait: ${problem}\n`);
    leaveMessage(files.terminationLog, problem);
    return 2;
  }
}

async function runWait(options: Options, process: WaiterProcess, files: Files): Promise<number> {
  const { check, opening } = options;
  const ending = endingSignal(process);
  const startedAt = Date.now() - process.uptime() * 1000;
  try {
    const resolvConf = parseResolvConf(read(files.resolvConf));
    const search = { ...resolvConf, hosts: parseHosts(read(files.hosts)) };
    const network = systemNetwork(resolvConf.nameservers, search);
    const result = await wait(options, {
      check: createCheck(check, network, search, sharedTrust(readFile)),
      clock: systemClock,
      random: Math.random,
      log: logTo(process, options, openingCommand(options, process.env, resolvConf.search)),
      isOpened: () => opening !== undefined && isOpened(opening.file, opening.key, startedAt),
      signal: ending.signal,
    });
    leaveMessage(files.terminationLog, terminationMessage(describeCheck(check), result));
    return exitCode(result, ending.signal);
  } finally {
    ending.forget();
  }
}

function logTo(
  { stdout }: WaiterProcess,
  options: Options,
  openBy: string | undefined,
): Parameters<typeof wait>[1]['log'] {
  const about = { ...options, check: describeCheck(options.check), openBy };
  return (event) => {
    const lines =
      options.logFormat === 'json' ? [formatJson(event, about, new Date())] : formatText(event, about);
    stdout.write(`${lines.join('\n')}\n`);
  };
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
function exitCode(result: Result, signal: AbortSignal): number {
  if (result.outcome !== 'stopped') return 0;
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
