import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { endingWithUs } from '../../cluster/at-exit.ts';
import { ROOT } from '../../cluster/go-module.ts';
import { runCommand } from '../../cluster/run-command.ts';
import { readManifests } from '../../config/manifests.ts';
import { operatorDeployment } from '../../config/operator-deployment.ts';

/** One of those that are compared: what is started, with a kubeconfig. */
export interface Rival {
  readonly name: string;
  readonly command: (kubeconfig: string) => Started;
}

interface Started {
  readonly command: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
}

const BUILD_LIMIT_MS = 20 * 60_000;

/** The operator as it is shipped: what `make build` has left in dist/, and its Deployment's Node. */
export function ours(): Rival {
  const program = join(ROOT, 'dist/dependency-gate.js');
  if (!existsSync(program)) throw new Error('there is no dist/: run `make build`');
  const { container } = operatorDeployment(readManifests('config/operator/deployment.yaml'));
  const options = container.env.find(({ name }) => name === 'NODE_OPTIONS')?.value;
  return {
    name: 'this operator',
    command: (kubeconfig) => ({
      command: [
        process.execPath,
        program,
        'operator',
        '--waiter-image=waiter:1',
        `--kubeconfig=${kubeconfig}`,
        '--health-port=0',
      ],
      env: { NODE_OPTIONS: options },
    }),
  };
}

/** The same job with controller-runtime, built of test/bench/reference into this folder. */
export async function reference(folder: string): Promise<Rival> {
  const program = join(folder, 'reference');
  const build = ['env', 'CGO_ENABLED=0', 'go', 'build', '-trimpath', '-ldflags', '-s -w', '-o', program, '.'];
  await runCommand(build, { cwd: join(ROOT, 'test/bench/reference'), limitMs: BUILD_LIMIT_MS });
  return {
    name: 'controller-runtime',
    command: (KUBECONFIG) => ({ command: [program], env: { KUBECONFIG } }),
  };
}

/** One that runs. */
export class Running {
  readonly pid: number;
  /** ms since 1970. */
  readonly startedAt = performance.timeOrigin + performance.now();
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(rival: Rival, kubeconfig: string) {
    const { command, env } = rival.command(kubeconfig);
    const [program, ...args] = command;
    this.#process = endingWithUs(spawn(program, args, { stdio: 'ignore', env }));
    if (this.#process.pid === undefined) throw new Error(`cannot start ${program}`);
    this.pid = this.#process.pid;
    this.#exited = once(this.#process, 'exit');
  }

  /** @throws when it has ended by itself. */
  assertRunning(): void {
    if (this.#process.exitCode !== null) throw new Error(`it has ended with ${this.#process.exitCode}`);
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.#exited;
  }
}
