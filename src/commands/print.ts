import { stdout } from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes to standard output. A reader that has seen enough (`| head`) is no error. */
export async function print(texts: readonly (string | Uint8Array)[]): Promise<void> {
  try {
    await pipeline(Readable.from(texts), stdout, { end: false });
  } catch (error) {
    if (!isUnread(error)) throw error;
  }
}

/** Resolves once the reader of standard output has seen enough; what is printed after that is lost. */
export function readerGone(): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.on('error', (error) => (isUnread(error) ? resolve() : reject(error)));
  });
}

function isUnread(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
