import { pino } from 'pino';
import { z } from 'zod';
import { SANDBOX_SETTINGS } from '../../src/commands/sandbox/start-sandbox.ts';
import type { OwnLease } from '../../src/controller/leadership.ts';
import { Operator } from '../../src/controller/operator.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import { type Connection, connect } from '../../src/kube/client/connection.ts';
import { type KubeconfigSource, kubeconfigCredentials } from '../../src/kube/client/kubeconfig.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { type Call, recorded } from './recorder.ts';

const lineSchema = z.looseObject({
  level: z.int(),
  msg: z.string().default(''),
  gate: z.string().default(''),
});
/** A write that the operator does not survive. */
export interface CrashPoint {
  /** Its method and path. */
  readonly write: RegExp;
  /** Which one of these, from 1. */
  readonly nth: number;
  /** It is not sent, or it is stored and its answer is not read. */
  readonly when: 'before' | 'after';
}

const ERROR_LEVEL = 50;
const WARN_LEVEL = 40;
/** Nobody waits a minute for what a scenario installs. */
const LOOK_EVERY_MS = 1000;

interface Crash {
  readonly point: CrashPoint;
  left: number;
  readonly resolve: () => void;
}

/** The operator as scenarios have it: stopped and started again as they like, each of its requests noted. */
export class OperatorRunner {
  readonly calls: Call[] = [];
  /** What it logged as errors: a defect each. */
  readonly errors: string[] = [];
  /** Its lines of the level warn and above, in words. */
  readonly warnings: string[] = [];
  readonly #source: KubeconfigSource;
  readonly #namespaces: readonly string[] | undefined;
  readonly #admissionPolicy: string | undefined;
  readonly #passes = new Map<string, number>();
  #stop: (() => Promise<void>) | undefined;
  #operator: Operator | undefined;
  #isCutOff = false;
  #cut = new AbortController();
  #crash: Crash | undefined;

  /**
   * @param source its own credentials
   * @param namespaces those that it is to look at; default all
   * @param admissionPolicy the name of the policy that places gates; default as it is shipped
   */
  constructor(source: KubeconfigSource, namespaces?: readonly string[], admissionPolicy?: string) {
    this.#source = source;
    this.#namespaces = namespaces;
    this.#admissionPolicy = admissionPolicy;
  }

  /** Why it is not ready: it may not write the status of gates. */
  get refusal(): string | undefined {
    return this.#operator?.refusal;
  }

  /** How many passes it has ended well for a gate (`<namespace>/<name>`). */
  passes(gate: string): number {
    return this.#passes.get(gate) ?? 0;
  }

  /** Whether it is the one that writes. */
  get isLeader(): boolean {
    return this.#operator?.isLeader ?? false;
  }

  /** Whether caches synced. */
  get isReady(): boolean {
    return this.#operator?.isReady ?? false;
  }

  /** Lets none of its requests arrive, and ends its watches, until it is healed. */
  cutOff(): void {
    this.#isCutOff = true;
    this.#cut.abort(unreachable());
  }

  heal(): void {
    this.#isCutOff = false;
    this.#cut = new AbortController();
  }

  /** Cuts it off at a write that is still to come. Resolves then. */
  crashAt(point: CrashPoint): Promise<void> {
    return new Promise((resolve) => {
      this.#crash = { point, left: point.nth, resolve };
    });
  }

  /** As SIGKILL does: nothing of it arrives any more, and nothing is given back. */
  async kill(): Promise<void> {
    this.cutOff();
    await this.stop();
    this.heal();
  }

  /** The value of one of its gauges or counters, with these labels; undefined while it has never run. */
  async gauge(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    const metric = await this.#operator?.metrics.registry.getSingleMetric(name)?.get();
    const wanted = Object.entries(labels);
    return metric?.values.find((one) => wanted.every(([label, value]) => one.labels[label] === value))?.value;
  }

  /** Starts it where it does not run. Resolves when it has seen everything that there is. */
  async start({
    waiterImage = SANDBOX_SETTINGS.waiterImage,
    lease,
  }: {
    readonly waiterImage?: string;
    readonly lease?: OwnLease;
  } = {}): Promise<void> {
    if (this.#stop) return;
    const connection = recorded(
      this.#breakable(
        connect(kubeconfigCredentials(this.#source), {
          clock: systemClock,
          userAgent: 'dependency-gate-operator',
        }),
      ),
      this.calls,
    );
    const operator = new Operator({
      connection,
      settings: { ...SANDBOX_SETTINGS, waiterImage },
      instance: 'scenarios',
      namespaces: this.#namespaces,
      lease,
      admissionPolicy: this.#admissionPolicy,
      lookForPoliciesEveryMs: LOOK_EVERY_MS,
      log: pino({ level: 'debug' }, { write: (line) => this.#note(line) }),
      clock: systemClock,
      random: Math.random,
    });
    this.#operator = operator;
    this.#stop = async () => {
      await operator.stop();
      await connection.close();
    };
    await operator.start();
  }

  async stop(): Promise<void> {
    const stop = this.#stop;
    this.#stop = undefined;
    await stop?.();
  }

  #crashIn(request: string): Crash | undefined {
    const crash = this.#crash;
    if (!crash?.point.write.test(request)) return undefined;
    crash.left -= 1;
    if (crash.left > 0) return undefined;
    this.#crash = undefined;
    return crash;
  }

  #breakable(connection: Connection): Connection {
    return {
      fetch: async (path, init) => {
        if (this.#isCutOff) throw unreachable();
        const signal = AbortSignal.any([init.signal, this.#cut.signal]);
        const crash = this.#crashIn(`${init.method} ${path}`);
        if (!crash) return connection.fetch(path, { ...init, signal });
        if (crash.point.when === 'after') await (await connection.fetch(path, { ...init, signal })).text();
        this.cutOff();
        crash.resolve();
        throw unreachable();
      },
      close: () => connection.close(),
    };
  }

  #note(text: string): void {
    const { level, msg, gate } = lineSchema.parse(JSON.parse(text));
    if (msg === 'gate reconciled') this.#passes.set(gate, this.passes(gate) + 1);
    if (level >= WARN_LEVEL) this.warnings.push(msg);
    if (level >= ERROR_LEVEL) this.errors.push(text);
  }
}

function unreachable(): ApiError {
  return new ApiError({ status: 0, reason: 'NetworkError', message: 'the API server cannot be reached' });
}
