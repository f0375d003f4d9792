import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createCgroup, removeCgroup } from './cgroups.ts';
import { TETHER } from './component.ts';
import { Components } from './components.ts';
import { eventually } from './eventually.ts';
import * as config from './node-config.ts';
import { runCommand } from './run-command.ts';
import { Scratch } from './scratch.ts';

/** How the names of scratch folders and cgroups begin. */
export const MACHINE_PREFIX = 'dependency-gate-node-';

/** The file in the scratch folder that names the process whose end is the machine's. */
export const PID_FILE = 'pid';

const NAMESPACES = ['--net', '--mount', '--pid'];

/**
 * Something like a machine: namespaces (network, mounts, processes) with /run, /var/lib and /var/log of their own, in
 * which containerd is the first process. Ending it ends all that runs in them, and the kernel drops the rest with them.
 * What is left to remove is a folder and a cgroup, both of the same unique name.
 */
export class Machine {
  readonly scratch = new Scratch(MACHINE_PREFIX);
  readonly cgroup = basename(this.scratch.folder);
  readonly components: Components;
  readonly #say: (line: string) => void;
  #pid = 0;

  constructor(say: (line: string) => void) {
    this.#say = say;
    this.components = new Components(this.scratch.logs, (why) => this.#removeWhenEnded(why === 'exit'));
  }

  /** Put before a command: it runs in the machine's network, and sees the files of the outside. */
  get enterNetwork(): readonly string[] {
    return ['nsenter', '--target', String(this.#pid), '--net', '--'];
  }

  /** Put before a command: it runs as a process of the machine. `nsenter` ends with it, and it with `nsenter`. */
  get enter(): readonly string[] {
    return ['nsenter', '--target', String(this.#pid), ...NAMESPACES, '--', ...TETHER];
  }

  /** Starts containerd in new namespaces and waits until it answers. */
  async start(): Promise<void> {
    const { scratch } = this;
    for (const folder of ['lib', 'logs/node', 'cni', 'images'])
      mkdirSync(scratch.path(folder), { recursive: true });
    writeFileSync(scratch.path('cni/pods.conflist'), config.cni());
    const snapshotter = canMountOverlay(scratch) ? 'overlayfs' : 'native';
    writeFileSync(scratch.path('containerd.toml'), config.containerd(snapshotter, scratch.path('cni')));
    createCgroup(this.cgroup);
    const unshare = [
      'unshare',
      ...NAMESPACES,
      '--fork',
      '--kill-child',
      '--mount-proc',
      '--propagation',
      'private',
      '--',
    ];
    const init = join(import.meta.dirname, 'node-init.sh');
    const command = [...unshare, 'sh', init, scratch.folder, config.NODE_ADDRESS];
    const { pid } = this.components.start('containerd', command);
    writeFileSync(scratch.path(PID_FILE), String(pid));
    const giveUp = (): void => this.components.assertRunning();
    this.#pid = await eventually('the namespaces are there', 60_000, () => childOf(pid), giveUp);
    await eventually('containerd answers', 60_000, () => this.#containerd('version'), giveUp);
  }

  /** Imports an image from a tar of `docker save`'s layout. */
  async importImage(tar: string): Promise<void> {
    await this.#containerd('images', 'import', tar);
  }

  /** Kills the process that holds a Pod's sandbox, as a reboot does: the kubelet makes another sandbox for the Pod. */
  async endSandbox(podUid: string): Promise<void> {
    const filter = `labels."io.kubernetes.pod.uid"==${podUid},labels."io.cri-containerd.kind"==sandbox`;
    const { stdout } = await this.#containerd('containers', 'list', '--quiet', filter);
    await this.#containerd('tasks', 'kill', '--signal', 'SIGKILL', stdout.trim());
  }

  /** Ends everything and removes it, except for the logs where those are to be kept. */
  async stop(keepLogs: boolean): Promise<void> {
    await this.components.stopAll();
    await eventually('the node ends', 60_000, () => removeCgroup(this.cgroup) || undefined);
    this.#remove(keepLogs);
  }

  #containerd(...args: readonly string[]) {
    return runCommand([...this.enter, 'ctr', '--namespace', 'k8s.io', ...args], { limitMs: 120_000 });
  }

  /** As `stop`, when there is no time to wait: all is killed, but a killed process needs a moment to be gone. */
  #removeWhenEnded(keepLogs: boolean): void {
    const clock = new Int32Array(new SharedArrayBuffer(4));
    for (let tries = 0; tries < 50 && !removeCgroup(this.cgroup); tries += 1) Atomics.wait(clock, 0, 0, 100);
    this.#remove(keepLogs);
  }

  #remove(keepLogs: boolean): void {
    this.scratch.remove(keepLogs);
    if (keepLogs) this.#say(`logs of the node: ${this.scratch.logs}`);
  }
}

/** The one child of a process; undefined until it has one. */
async function childOf(pid: number): Promise<number | undefined> {
  const { stdout } = await runCommand(['ps', '--ppid', String(pid), '-o', 'pid=']);
  return Number(stdout) || undefined;
}

/** overlayfs cannot lie on every file system: tried out in a mount namespace that ends with the trial. */
function canMountOverlay(scratch: Scratch): boolean {
  const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) =>
    scratch.path('overlay', name),
  );
  for (const folder of [lower, upper, work, merged]) mkdirSync(String(folder), { recursive: true });
  const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  const mount = ['mount', '-t', 'overlay', 'overlay', '-o', layers, String(merged)];
  return spawnSync('unshare', ['--mount', '--propagation', 'private', '--', ...mount]).status === 0;
}
