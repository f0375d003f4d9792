import type { Connection } from '../../src/kube/client/connection.ts';
import type { LogSource } from '../../src/sandbox/server/log-response.ts';
import type { Clock } from '../../src/sandbox/simulation/simulated-clock.ts';
import { wallClock } from '../../src/sandbox/simulation/simulated-clock.ts';
import type { CommandOptions } from '../cluster/run-command.ts';
import { Namespace } from './namespace.ts';
import type { OperatorRunner } from './operator-runner.ts';

/**
 * What a scenario runs on: the sandbox, or a real control plane whose Pods the sandbox's node walks. A scenario sees no
 * difference, and each has a namespace of its own.
 */
export interface TestCluster {
  /** As an administrator. */
  readonly connection: Connection;
  readonly operator: OperatorRunner;
  /** Another operator of the same cluster, or of some namespaces of it, with the same permissions. It does not run yet. */
  readonly anotherOperator: (namespaces?: readonly string[]) => OperatorRunner;
  /** What containers have written. */
  readonly logs: LogSource;
  /** Runs kubectl as an administrator and gives its output; undefined where none is found. */
  readonly kubectl: ((args: readonly string[], options?: CommandOptions) => Promise<string>) | undefined;
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/** Stories for whichever cluster they are given. */
export type Scenario<Cluster extends TestCluster = TestCluster> = (on: () => Cluster) => void;

/** How many times faster the simulated node's pauses are than those of a real one. Dates stay what they are. */
const HASTE = 5;

/** The simulators' clock in scenarios: back-offs and periods are short, so that nobody waits for them. */
export const hastyClock: Clock = {
  now: wallClock.now,
  sleep: (milliseconds, signal) => wallClock.sleep(milliseconds / HASTE, signal),
};

/** Gives each scenario of a suite a namespace of its own, and the operator at work. */
export function useNamespace(on: () => TestCluster): () => Namespace {
  let namespace: Namespace | undefined;
  beforeEach('start the operator and make a namespace', async () => {
    await on().operator.start();
    namespace = new Namespace(on());
    await namespace.open();
  });
  afterEach('let the namespace go', async () => {
    await namespace?.close();
    namespace = undefined;
  });
  return () => {
    if (namespace === undefined) throw new Error('the namespace is there while a test runs');
    return namespace;
  };
}

/** Skips the suite, loudly, where there is no kubectl; where everything is expected to run (CI=true) it fails instead. */
export function needsKubectl(on: () => TestCluster): void {
  before('find kubectl', function () {
    if (on().kubectl) return;
    if (process.env.CI === 'true') throw new Error('there is no kubectl');
    console.error(`SKIPPED "${this.test?.parent?.fullTitle()}": there is no kubectl`);
    this.skip();
  });
}
