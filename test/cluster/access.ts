import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type CommandOptions, runCommand } from './run-command.ts';

const KUBECONFIG = z.looseObject({
  users: z.array(z.looseObject({ name: z.string() })).length(1),
  clusters: z.array(z.looseObject({ cluster: z.looseObject({ server: z.string() }) })).length(1),
});

/** What a test holds of a cluster: its administrator's kubectl, and kubeconfigs of ServiceAccounts. */
export class Access {
  /** The administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly #command: readonly string[];
  readonly #folder: string;

  /**
   * @param command kubectl, as it is to be run
   * @param folder where kubeconfigs of ServiceAccounts and kubectl's cache are written
   */
  constructor(command: readonly string[], kubeconfig: string, folder: string) {
    this.#command = command;
    this.kubeconfig = kubeconfig;
    this.#folder = folder;
  }

  /** Runs kubectl as the administrator (or as whom `--kubeconfig` in the arguments says) and answers with its output. */
  async kubectl(args: readonly string[], options: CommandOptions = {}): Promise<string> {
    return (await this.run(args, options)).stdout;
  }

  /** As `kubectl`, with the standard error, where warnings are. */
  run(args: readonly string[], options: CommandOptions = {}): ReturnType<typeof runCommand> {
    const user = args.some((arg) => arg.startsWith('--kubeconfig'))
      ? []
      : [`--kubeconfig=${this.kubeconfig}`];
    // What kubectl remembers of an address is wrong for the next cluster that has it.
    const cache = `--cache-dir=${join(this.#folder, 'kubectl-cache')}`;
    return runCommand([...this.#command, cache, ...user, ...args], options);
  }

  /** Applies manifests (YAML or JSON) as the administrator. */
  async apply(manifests: string): Promise<void> {
    await this.kubectl(['apply', '--server-side', '-f', '-'], { input: manifests });
  }

  /** The address of the API server. */
  async url(): Promise<string> {
    return (await this.#config()).clusters[0]?.cluster.server ?? '';
  }

  /**
   * Writes a kubeconfig with a token of the ServiceAccount, good for an hour. The ServiceAccount must exist; what it may
   * do is what RBAC grants it, at first nothing.
   */
  async serviceAccountKubeconfig(namespace: string, name: string): Promise<string> {
    const token = (await this.kubectl(['create', 'token', name, '--namespace', namespace])).trim();
    const config = await this.#config();
    const users = config.users.map((user) => ({ name: user.name, user: { token } }));
    mkdirSync(this.#folder, { recursive: true });
    const file = join(this.#folder, `${namespace}.${name}.kubeconfig`);
    writeFileSync(file, JSON.stringify({ ...config, users }), { mode: 0o600 });
    return file;
  }

  /** The administrator's own, with what it refers to written into it. */
  async #config(): Promise<z.infer<typeof KUBECONFIG>> {
    const view = await this.kubectl(['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json']);
    return KUBECONFIG.parse(JSON.parse(view));
  }
}
