import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT } from '../../src/api/names.ts';
import { ROOT } from '../config/manifests.ts';
import { endingWithUs } from './at-exit.ts';
import { eventually } from './eventually.ts';

const lineSchema = z.looseObject({ msg: z.string(), healthPort: z.int().optional() });
const READY_WITHIN_MS = 60_000;

/** An operator that takes part in the election, as a process of its own. */
export class Candidate {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #lines: string[] = [];
  #port: number | undefined;

  /** @param pod what its Pod would be called */
  constructor(pod: string, kubeconfig: string) {
    const flags = [
      '--waiter-image=waiter:1',
      `--kubeconfig=${kubeconfig}`,
      '--health-port=0',
      '--leader-election',
    ];
    const started = spawn(process.execPath, [join(ROOT, 'src/main.ts'), 'operator', ...flags], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { POD_NAME: pod, POD_NAMESPACE: OPERATOR_NAMESPACE, LEASE: OPERATOR_SERVICE_ACCOUNT },
    });
    this.#process = endingWithUs(started);
    this.#exited = once(this.#process, 'exit');
    createInterface(started.stdout).on('line', (line) => this.#note(line));
  }

  /** What it has logged so far. */
  get messages(): readonly string[] {
    return this.#lines;
  }

  /** Resolves when /readyz says so. */
  async ready(): Promise<void> {
    await eventually('it is ready', READY_WITHIN_MS, async () =>
      (await this.#get('/readyz')).status === 200 ? true : undefined,
    );
  }

  /** Whether its metrics say that it works. */
  async leads(): Promise<boolean> {
    const text = await (await this.#get('/metrics')).text();
    const [, value] =
      /^leader_election_master_status\{name="dependency-gate-operator"\} (\d)$/m.exec(text) ?? [];
    return value === '1';
  }

  /** Sends the signal, and resolves with how it exited. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill(signal);
      await this.#exited;
    }
    return this.#process.exitCode ?? this.#process.signalCode;
  }

  #get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#port}${path}`);
  }

  #note(text: string): void {
    const { msg, healthPort } = lineSchema.parse(JSON.parse(text));
    this.#lines.push(msg);
    this.#port ??= healthPort;
  }
}
