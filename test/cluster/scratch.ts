import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folder of one cluster's files under the system's folder for temporary ones. */
export class Scratch {
  readonly folder: string;
  readonly logs: string;

  /** @param prefix how the folder's name begins */
  constructor(prefix: string) {
    this.folder = mkdtempSync(join(tmpdir(), prefix));
    this.logs = this.path('logs');
    mkdirSync(this.logs);
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  /** Removes it if it is still there, except for the logs where those are to be kept. */
  remove(keepLogs: boolean): void {
    const options = { recursive: true, force: true, maxRetries: 5 }; // a killed program may still be closing its files
    if (!existsSync(this.folder)) return;
    const gone = keepLogs ? readdirSync(this.folder).filter((entry) => entry !== 'logs') : ['.'];
    for (const entry of gone) rmSync(this.path(entry), options);
  }
}
