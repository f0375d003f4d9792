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
  /** The folder of its manifests; true where none is given. */
  readonly demo?: string | true;
  readonly logLevel: string;
}

/**
 * Stays up until a signal ends it or nobody reads what it says (`| head`), or tells the story and ends. What it writes down
 * goes when it ends, but for a kubeconfig that is asked for.
 */
export async function runSandbox(flags: SandboxFlags, process: Process): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'dependency-gate-'));
  try {
    await runIn(scratch, flags, process);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function runIn(scratch: string, flags: SandboxFlags, process: Process): Promise<void> {
  const sandbox = await startSandbox({ port: flags.port, log: createLog(flags.logLevel) });
  try {
    const stopped = Promise.race([signalled(process), readerGone()]);
    const story = typeof flags.demo === 'string' ? flags.demo : await storyFolder(scratch);
    if (flags.demo !== undefined) await Promise.race([tellStory(sandbox, story, console.log), stopped]);
    else await stayUp(sandbox, resolve(flags.kubeconfig ?? join(scratch, 'kubeconfig')), story, stopped);
  } finally {
    await sandbox.stop();
  }
}

async function stayUp(sandbox: Sandbox, path: string, story: string, stopped: Promise<void>): Promise<void> {
  const { url, kubeconfig } = sandbox.server;
  await writeFile(path, kubeconfig, { mode: 0o600 });
  console.log(firstScreen(url, path, story));
  await stopped;
}
