import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { endingWithUs } from './at-exit.ts';
import { eventually } from './eventually.ts';
import { runCommand } from './run-command.ts';

/** A cluster that `run.ts` started, as a developer would. */
export interface StartedRun {
  /** Its scratch folder. */
  readonly folder: string;
  /** Sends the signal and waits until `run.ts` has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Runs `run.ts` and answers when its cluster serves. */
export async function startRun(tier: 'control-plane' | 'node'): Promise<StartedRun> {
  const command = [join(import.meta.dirname, 'run.ts'), tier];
  // Ctrl-C in a shell reaches both, but a signal to the tests alone would leave a whole cluster running.
  const started = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const child = endingWithUs(started, 'SIGTERM');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`run.ts ended before its cluster served: ${said}`);
  });
  ended.catch(() => {}); // heard only while it starts
  const [kubeconfig]: unknown[] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  return {
    folder: dirname(dirname(String(kubeconfig))),
    end: async (signal) => {
      child.kill(signal);
      await ended.catch(() => {});
    },
  };
}

/** The commands of this machine's processes that have the folder in their arguments. */
export async function processesOf(folder: string): Promise<string[]> {
  const { stdout } = await runCommand(['ps', '-eo', 'args=']);
  return stdout.split('\n').filter((line) => line.includes(folder));
}

/** Waits until none of them is left: a process that was killed is there until it has been scheduled once more. */
export async function untilNoneOf(folder: string): Promise<void> {
  await eventually('the processes have ended', 60_000, async () => {
    return (await processesOf(folder)).length === 0 || undefined;
  });
}
