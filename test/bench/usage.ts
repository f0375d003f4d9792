import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in these. */
const TICK_MS = 10;

/** CPU time that a process has had, ms, by /proc. */
export function cpuMs(pid: number): number {
  // The name of the program is in brackets, and may have spaces in it.
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The same in fine steps: of the threads that it has now, by the scheduler. */
export function cpuOfThreadsMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
    .reduce((sum, nanoseconds) => sum + Number(nanoseconds) / 1e6, 0);
}

/** Memory of a process that is not a file's, MiB. */
export function anonymousMiB(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss_Anon:\s+(\d+) kB$/m.exec(text)?.[1]) / 1024;
}

/** Memory that a process holds, MiB, by /proc. @throws where it has ended. */
export function residentMiB(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`process ${pid} has ended`);
  return Number(kilobytes) / 1024;
}

/** The process whose command line has all of these. @throws where there is not one. */
export function processWith(...words: readonly string[]): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => words.every((word) => commandLine(pid).includes(word)));
  const [pid] = found;
  if (pid === undefined || found.length > 1)
    throw new Error(`${found.length} processes with ${words.join(', ')}`);
  return Number(pid);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
