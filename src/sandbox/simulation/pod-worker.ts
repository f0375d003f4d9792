import { LACKS } from '../server/lacks.ts';
import { keyOf } from './collection.ts';
import { environment, expand, Missing } from './environment.ts';
import type { LogContainer, Logs } from './logs.ts';
import { mountedFile } from './mounts.ts';
import type { Pod, PodContainer } from './objects.ts';
import type { ClusterNetwork } from './pod-network.ts';
import { type ContainerRecord, isSidecar, type PodRecord, type Termination } from './pod-status.ts';
import { runProgram } from './programs.ts';
import { timestamp } from './simulated-clock.ts';
import type { SimulatedWorld } from './world.ts';

/** An app takes this long to start, and again as long to be ready. */
const START_MS = 300;
/** How long a state is to be seen before the next one follows by itself. */
const MOMENT_MS = 500;
const FIRST_BACK_OFF_MS = 10_000;
const MAX_BACK_OFF_MS = 300_000;

/** An image whose name has this in it cannot be pulled. */
const NO_IMAGE = 'does-not-exist';

/** What a Pod's worker needs besides the world. */
export interface Machine extends SimulatedWorld {
  readonly network: ClusterNetwork;
  readonly logs: Logs;
}

type Variables = Readonly<Record<string, string>>;

/**
 * A Pod's life on the node. Its init containers run one after another, each until it succeeds; a native sidecar counts
 * as done once it has started. Then all apps start at once. `containers` says at any time how far each one is, and
 * `changed` is called whenever that has changed.
 */
export class PodWorker implements PodRecord {
  readonly containers = new Map<string, ContainerRecord>();
  readonly startTime: string;
  readonly podIP: string;
  readonly #pod: Pod;
  readonly #machine: Machine;
  readonly #changed: () => void;
  readonly #ending = new AbortController();
  #failed = false;

  constructor(pod: Pod, podIP: string, machine: Machine, changed: () => void) {
    this.#pod = pod;
    this.podIP = podIP;
    this.#machine = machine;
    this.#changed = changed;
    this.startTime = this.#now();
    machine.signal.addEventListener('abort', () => this.stop(), { signal: this.#ending.signal });
    void this.#run();
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Whether this is the worker of exactly this Pod, and not of an earlier one of the same name. */
  isOf(pod: Pod | undefined): boolean {
    return this.#pod.metadata.uid === pod?.metadata.uid;
  }

  stop(): void {
    this.#ending.abort();
    const { initContainers, containers } = this.#pod.spec;
    for (const container of [...initContainers, ...containers])
      this.#machine.logs.forget(this.#reference(container));
  }

  async #run(): Promise<void> {
    const { initContainers, containers } = this.#pod.spec;
    for (const container of initContainers) {
      const passed = isSidecar(container) ? await this.#serve(container) : await this.#succeed(container);
      if (!passed || this.#ended) return;
    }
    await Promise.all(containers.map((container) => this.#serve(container)));
  }

  /** An app or sidecar: started, and ready a while later. What it does then is not simulated. */
  async #serve(container: PodContainer): Promise<boolean> {
    await this.#prepare(container);
    await this.#sleep(START_MS);
    this.#machine.logs.start(this.#reference(container));
    this.#machine.logs.add(this.#reference(container), LACKS.logs.words);
    this.#record(container, { state: { running: { startedAt: this.#now() } } });
    await this.#sleep(START_MS);
    this.#record(container, { ready: true });
    return true;
  }

  /** An init container, again and again until it exits with 0; false when it failed and may not be started again. */
  async #succeed(container: PodContainer): Promise<boolean> {
    for (let restarts = 0; !this.#ended; restarts++) {
      const variables = await this.#prepare(container);
      const terminated = await this.#execute(container, restarts, variables);
      const succeeded = terminated.exitCode === 0;
      this.#failed = !succeeded && this.#pod.spec.restartPolicy === 'Never';
      this.#record(container, { state: { terminated }, ready: succeeded });
      if (succeeded || this.#failed) return succeeded;
      await this.#sleep(MOMENT_MS);
      await this.#backOff(container, restarts, terminated);
    }
    return false;
  }

  /** Resolves with the container's variables once there is nothing against starting it. */
  async #prepare(container: PodContainer): Promise<Variables> {
    for (let attempt = 1; container.image.includes(NO_IMAGE) && !this.#ended; attempt++) {
      const message = `failed to pull and unpack image "${container.image}": not found`;
      this.#record(container, { state: { waiting: { reason: 'ErrImagePull', message } } });
      await this.#sleep(MOMENT_MS);
      const backingOff = `Back-off pulling image "${container.image}": ErrImagePull: ${message}`;
      this.#record(container, { state: { waiting: { reason: 'ImagePullBackOff', message: backingOff } } });
      await this.#sleep(backOff(attempt));
    }
    while (!this.#ended) {
      try {
        return environment(this.#current(), container, this.#machine);
      } catch (error) {
        if (!(error instanceof Missing)) throw error;
        const waiting = { reason: 'CreateContainerConfigError', message: error.message };
        this.#record(container, { state: { waiting } });
        await this.#sleep(MOMENT_MS);
      }
    }
    return {};
  }

  async #execute(container: PodContainer, restarts: number, variables: Variables): Promise<Termination> {
    const { clock, random, logs, network } = this.#machine;
    const reference = this.#reference(container);
    const startedAt = this.#now();
    logs.start(reference);
    this.#record(container, { state: { running: { startedAt } }, restartCount: restarts });
    const expanded = (words: readonly string[]) => words.map((word) => expand(word, variables));
    const { exitCode, message } = await runProgram(expanded(container.command), expanded(container.args), {
      environment: variables,
      network: network.inNamespace(this.#pod.metadata.namespace),
      clock,
      random,
      annotations: () => this.#current().metadata.annotations,
      readFile: (path) => mountedFile(this.#current(), container, this.#machine, path),
      log: (line) => logs.add(reference, line),
      signal: this.#ending.signal,
    });
    logs.end(reference);
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    return { exitCode, reason, ...(message && { message }), startedAt, finishedAt: this.#now() };
  }

  async #backOff(
    { name, ...container }: PodContainer,
    restarts: number,
    terminated: Termination,
  ): Promise<void> {
    const { metadata } = this.#pod;
    const delay = backOff(restarts);
    const reference = `container=${name} pod=${metadata.name}_${metadata.namespace}(${metadata.uid})`;
    const message = `back-off ${goDuration(delay)} restarting failed ${reference}`;
    const state = delay > 0 ? { state: { waiting: { reason: 'CrashLoopBackOff', message } } } : {};
    this.#record({ name, ...container }, { ...state, lastState: { terminated } });
    await this.#sleep(delay);
  }

  #record({ name }: PodContainer, changes: Partial<ContainerRecord>): void {
    if (this.#ended) return;
    const waiting = { state: { waiting: { reason: 'PodInitializing' } } };
    const before = this.containers.get(name) ?? { ...waiting, lastState: {}, restartCount: 0, ready: false };
    this.containers.set(name, { ...before, ...changes });
    this.#changed();
  }

  /** The Pod as it is by now, with the address that its status is still to get. */
  #current(): Pod {
    const pod = this.#machine.pods.get(keyOf(this.#pod)) ?? this.#pod;
    return { ...pod, status: { ...pod.status, podIP: this.podIP } };
  }

  #reference({ name: container }: PodContainer): LogContainer {
    const { namespace, name: pod } = this.#pod.metadata;
    return { namespace, pod, container };
  }

  get #ended(): boolean {
    return this.#ending.signal.aborted;
  }

  #now(): string {
    return timestamp(this.#machine.clock);
  }

  #sleep(milliseconds: number): Promise<void> {
    return this.#machine.clock.sleep(milliseconds, this.#ending.signal);
  }
}

/** How long the kubelet waits: not at all before the first restart, then from 10 s, doubled each time, to 5 min. */
function backOff(restarts: number): number {
  return restarts === 0 ? 0 : Math.min(FIRST_BACK_OFF_MS * 2 ** (restarts - 1), MAX_BACK_OFF_MS);
}

/** As Go prints a duration of whole seconds: `40s`, `1m20s`, `5m0s`. */
function goDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
