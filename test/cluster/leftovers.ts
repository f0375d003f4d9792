import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCgroup } from './cgroups.ts';
import { MACHINE_PREFIX, PID_FILE } from './machine.ts';

/**
 * Removes what nodes of earlier runs left because their process was killed: a scratch folder and a cgroup. A folder of
 * kept logs has no pid file and stays, as does what belongs to a node that runs.
 */
export function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(MACHINE_PREFIX))) {
    const folder = join(tmpdir(), name);
    const pidFile = join(folder, PID_FILE);
    if (!existsSync(pidFile) || isRunning(readFileSync(pidFile, 'utf8'), folder)) continue;
    if (removeCgroup(name)) rmSync(folder, { recursive: true, force: true });
  }
}

/** A pid may have gone to another process since: that one does not have the folder among its arguments. */
function isRunning(pid: string, folder: string): boolean {
  const commandLine = `/proc/${pid}/cmdline`;
  return existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(folder);
}
