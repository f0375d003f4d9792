import type { Process } from '../command-line.ts';

/** Resolves with the first SIGTERM or SIGINT. */
export function signalled(process: Process): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGTERM', resolve);
    process.on('SIGINT', resolve);
  });
}
