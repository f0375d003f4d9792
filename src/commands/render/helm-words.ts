import { appendFile, readFile, readlink } from 'node:fs/promises';
import { pid } from 'node:process';

/** A wrapper or two may stand between Helm and us. */
const MAX_ANCESTORS = 5;

const TERMINAL = '/dev/tty';

/**
 * Helm 4 throws away what a post-renderer writes to standard error, and says only that it "exited with error". So the
 * words go to Helm's own standard error, where the system has /proc and lets us, else to the terminal, if there is one.
 */
export async function tellHelm(words: string): Promise<void> {
  const helm = await standardErrorAbove();
  for (const place of helm === undefined ? [TERMINAL] : [helm, TERMINAL]) {
    const isWritten = await appendFile(place, words).then(
      () => true,
      () => false,
    );
    if (isWritten) return;
  }
}

/** The standard error of the first process above us that has another one than we have. */
async function standardErrorAbove(): Promise<string | undefined> {
  const ours = await targetOf(standardErrorOf(pid));
  let process = await parentOf(pid);
  for (let step = 0; step < MAX_ANCESTORS && process !== undefined; step++) {
    const theirs = await targetOf(standardErrorOf(process));
    if (theirs !== undefined && theirs !== ours) return standardErrorOf(process);
    process = await parentOf(process);
  }
  return undefined;
}

function standardErrorOf(process: number): string {
  return `/proc/${process}/fd/2`;
}

async function targetOf(link: string): Promise<string | undefined> {
  return readlink(link).catch(() => undefined);
}

async function parentOf(process: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${process}/status`, 'utf8').catch(() => '');
  const [, parent] = /^PPid:\s*([1-9]\d*)$/m.exec(status) ?? [];
  return parent === undefined ? undefined : Number(parent);
}
