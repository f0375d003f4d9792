import { stdout } from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes to standard output. A reader that has seen enough (`| head`) is no error. */
export async function print(texts: readonly string[]): Promise<void> {
  try {
    await pipeline(Readable.from(texts), stdout, { end: false });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}
