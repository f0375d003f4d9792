import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createLog } from '../operator-log.ts';
import { readerGone } from '../print.ts';
import type { Process } from '../process.ts';
import { signalled } from '../process.ts';
import { tellStory } from './demo.ts';
import { firstScreen } from './first-screen.ts';
import { type Sandbox, startSandbox } from './start-sandbox.ts';
import { storyFolder } from './story-folder.ts';

/** The options of `dependency-gate sandbox`. */
export interface SandboxFlags {
  readonly port: number;
  readonly kubeconfig?: string;
  readonly demo?: string;
  readonly logLevel: string;
}

/** Stays up until a signal ends it or nobody reads what it says (`| head`), or tells the story and ends. */
export async function runSandbox(flags: SandboxFlags, process: Process): Promise<void> {
  const log = createLog(flags.logLevel);
  const sandbox = await startSandbox({ port: flags.port, log });
  try {
    const stopped = Promise.race([signalled(process), readerGone()]);
    if (flags.demo !== undefined) await Promise.race([tellStory(sandbox, flags.demo, console.log), stopped]);
    else await stayUp(sandbox, flags, stopped);
  } finally {
    await sandbox.stop();
  }
}

/** Its kubeconfig stands where it is asked for, else in a folder that goes when the sandbox ends. */
async function stayUp(sandbox: Sandbox, flags: SandboxFlags, stopped: Promise<void>): Promise<void> {
  const { url, kubeconfig } = sandbox.server;
  const scratch = await mkdtemp(join(tmpdir(), 'dependency-gate-'));
  try {
    const path = resolve(flags.kubeconfig ?? join(scratch, 'kubeconfig'));
    await writeFile(path, kubeconfig, { mode: 0o600 });
    console.log(firstScreen(url, path, await storyFolder(scratch)));
    await stopped;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
