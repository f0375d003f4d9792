import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../operator-log.ts';
import { readerGone } from '../print.ts';
import type { Process } from '../process.ts';
import { signalled } from '../process.ts';
import { tellStory } from './demo.ts';
import { type Sandbox, startSandbox } from './start-sandbox.ts';

/** The options of `dependency-gate sandbox`. */
export interface SandboxFlags {
  readonly port: number;
  readonly kubeconfig?: string;
  readonly demo?: string;
  readonly logLevel: string;
}

/** Stays up until SIGTERM, SIGINT or nobody reads what it says (`| head`), or tells the story and ends. */
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

async function stayUp(sandbox: Sandbox, flags: SandboxFlags, stopped: Promise<void>): Promise<void> {
  const path = flags.kubeconfig ?? join(await mkdtemp(join(tmpdir(), 'dependency-gate-')), 'kubeconfig');
  await writeFile(path, sandbox.server.kubeconfig, { mode: 0o600 });
  console.log(`The sandbox is up at ${sandbox.server.url}. In another terminal:

  export KUBECONFIG=${path}
  kubectl api-resources
  kubectl apply -k config/samples/story
  kubectl --namespace my-namespace get dependencygates,pods

It forgets everything when it ends: Ctrl-C.`);
  await stopped;
}
