import type { Logger } from 'pino';
import { customResourceDefinition } from '../../api/crd.ts';
import { statusCauses, validateGate } from '../../api/gate.ts';
import { KIND, OPERATOR_USER } from '../../api/names.ts';
import { injectCronJob } from '../../api/policies/inject-cronjob.ts';
import { inject } from '../../api/policies/inject-policy.ts';
import { place, placeCronJob } from '../../api/policies/place-policy.ts';
import { Operator } from '../../controller/operator.ts';
import type { Settings } from '../../core/model.ts';
import { connect } from '../../kube/client/connection.ts';
import { kubeconfigCredentials } from '../../kube/client/kubeconfig.ts';
import { systemClock } from '../../kube/clock.ts';
import type { KubeObject } from '../../sandbox/cluster.ts';
import { admit } from '../../sandbox/sandbox-admission.ts';
import { VERSION } from '../../sandbox/server/api-resources.ts';
import type { Around } from '../../sandbox/server/http-exchange.ts';
import { text } from '../../sandbox/server/json.ts';
import type { LogSource } from '../../sandbox/server/log-response.ts';
import { kubeconfig, type RunningServer, startServer } from '../../sandbox/server/server.ts';
import type { StatusCause } from '../../sandbox/server/status-error.ts';
import { nodeObject } from '../../sandbox/simulation/node-object.ts';
import { timestamp, wallClock } from '../../sandbox/simulation/simulated-clock.ts';
import {
  type Simulation,
  type SimulationOptions,
  startSimulation,
} from '../../sandbox/simulation/simulation.ts';

export interface SimulatedClusterOptions {
  /** Of the API server on 127.0.0.1; 0 (the default) takes a free one. */
  readonly port?: number;
  /** Place stored renders into targets when they are written, as the admission policies do. Default: true. */
  readonly admission?: boolean;
  readonly simulation?: SimulationOptions;
  /** Stands in front of the API server: tests look at requests and let them fail. Default: nothing. */
  readonly around?: Around;
}

export interface SandboxOptions extends SimulatedClusterOptions {
  readonly log: Logger;
}

/** An API server with what brings its objects to life, all in this process. */
export interface SimulatedCluster {
  readonly server: RunningServer;
  readonly simulation: Simulation;
  stop(): Promise<void>;
}

export interface Sandbox extends SimulatedCluster {
  readonly operator: Operator;
}

/** Image of the waiting containers in the sandbox, whose node runs the waiter's own code instead of an image. */
export const WAITER_IMAGE = 'dependency-gate:sandbox';

/** What the operator's containers are made with in the sandbox. */
export const SANDBOX_SETTINGS: Settings = {
  waiterImage: WAITER_IMAGE,
  waiterImagePullPolicy: undefined,
  runAsUser: 65532,
};

/** A cluster without the operator, but with its resource. */
export async function startSimulatedCluster(
  options: SimulatedClusterOptions = {},
): Promise<SimulatedCluster> {
  const { port = 0, admission = true } = options;
  const logs = lateLogs();
  const server = await startServer({
    port,
    crd: customResourceDefinition(),
    validate: causesOfGate,
    around: options.around,
    logs,
    ...(admission && { admit }),
  });
  await server.cluster.create(nodeObject(text(VERSION.gitVersion), timestamp(wallClock)));
  if (admission) for (const one of POLICIES) await server.cluster.create(one);
  const simulation = startSimulation(server.cluster, options.simulation);
  logs.source = simulation.logs;
  return {
    server,
    simulation,
    stop: async () => {
      simulation.stop();
      await server.stop();
    },
  };
}

/** What tells the operator that first starts are gated. */
const POLICIES: readonly KubeObject[] = [inject(), injectCronJob(), place(), placeCronJob()].flatMap(
  ({ objects }) => objects,
);

/** A cluster in this process, with the operator at work in it. */
export async function startSandbox({ log, ...options }: SandboxOptions): Promise<Sandbox> {
  const cluster = await startSimulatedCluster(options);
  const connection = connect(
    kubeconfigCredentials({ kubeconfigText: kubeconfig(cluster.server.url, OPERATOR_USER) }),
    { clock: systemClock, userAgent: 'dependency-gate-operator' },
  );
  const operator = new Operator({
    connection,
    settings: SANDBOX_SETTINGS,
    instance: 'sandbox',
    log,
    clock: systemClock,
    random: Math.random,
  });
  await operator.start();
  return {
    ...cluster,
    operator,
    stop: async () => {
      await operator.stop();
      await connection.close();
      await cluster.stop();
    },
  };
}

/** The server is there before the node whose logs it serves. */
function lateLogs(): LogSource & { source: LogSource | undefined } {
  return {
    source: undefined,
    read(container) {
      return this.source?.read(container);
    },
    onChange(container, listener) {
      return this.source?.onChange(container, listener) ?? (() => {});
    },
  };
}

function causesOfGate(object: KubeObject, subresource?: 'status'): readonly StatusCause[] {
  if (object.kind !== KIND) return [];
  if (subresource === 'status') return statusCauses(object.status);
  const verdict = validateGate(object);
  return verdict.valid ? [] : verdict.causes;
}
