import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SETPRIV = '/usr/bin/setpriv';

/** Put before a command (Linux): it ends when the process that started it dies, even by SIGKILL. */
export const TETHER: readonly string[] = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', '--'] : [];

/** A running program of the cluster, its output in a log file of its own. */
export class Component {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(name: string, log: string, child: ChildProcess) {
    if (child.pid === undefined) throw new Error(`cannot start ${child.spawnfile}`);
    this.name = name;
    this.log = log;
    this.pid = child.pid;
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /**
   * Starts the command with its output appended to `<logs>/<name>.log`. It is in a process group of its own, so that
   * Ctrl-C reaches it only through whoever started it, who ends the components in order.
   */
  static start(name: string, command: readonly string[], logs: string): Component {
    const [program = name, ...args] = [...TETHER, ...command];
    const log = join(logs, `${name}.log`);
    const output = openSync(log, 'a');
    try {
      const child = spawn(program, args, { detached: true, stdio: ['ignore', output, output] });
      child.on('error', () => {
        // A program that is not there: without a pid the constructor throws.
      });
      return new Component(name, log, child);
    } finally {
      closeSync(output);
    }
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Sends SIGKILL and does not wait: for ends of this process that leave no time. */
  kill(): void {
    if (!this.hasEnded) this.#child.kill('SIGKILL');
  }

  /** Asks it to end, insists after `graceMs` (0: at once), and waits until it has. */
  async stop(graceMs = 0): Promise<void> {
    if (this.hasEnded) return;
    if (graceMs > 0) {
      this.#child.kill('SIGTERM');
      const insist = setTimeout(() => this.kill(), graceMs);
      await this.#ended;
      clearTimeout(insist);
      return;
    }
    this.kill();
    await this.#ended;
  }

  /** The last lines of its log, long ones cut. */
  tail(lines = 12): string {
    const last = readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-lines);
    return last.map((line) => line.slice(0, 400)).join('\n');
  }
}
