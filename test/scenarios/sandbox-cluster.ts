import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPERATOR_USER } from '../../src/api/names.ts';
import {
  type SimulatedClusterOptions,
  startSimulatedCluster,
} from '../../src/commands/sandbox/start-sandbox.ts';
import { connect } from '../../src/kube/client/connection.ts';
import { kubeconfigCredentials } from '../../src/kube/client/kubeconfig.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { kubeconfig, type RunningServer } from '../../src/sandbox/server/server.ts';
import { runCommand } from '../cluster/run-command.ts';
import { type Observer, observed } from '../sandbox/observer.ts';
import { hastyClock, type TestCluster } from './cluster.ts';
import { OperatorRunner } from './operator-runner.ts';

export interface SandboxCluster extends TestCluster {
  readonly server: RunningServer & Observer;
}

/** The cluster tests' own build, else what the machine has. */
const KUBECTL = [join(import.meta.dirname, '../../.cache/cluster/bin/kubectl'), 'kubectl'];

/** The sandbox, by default without admission: as on a real cluster without the policies, targets are patched. */
export async function startSandboxCluster({
  admission = false,
}: Pick<SimulatedClusterOptions, 'admission'> = {}): Promise<SandboxCluster> {
  const observer = observed();
  const { server, simulation, stop } = await startSimulatedCluster({
    around: observer.around,
    admission,
    simulation: { clock: hastyClock },
  });
  const connection = connect(kubeconfigCredentials({ kubeconfigText: server.kubeconfig }), {
    clock: systemClock,
    userAgent: 'scenario',
  });
  const source = { kubeconfigText: kubeconfig(server.url, OPERATOR_USER) };
  const anotherOperator = (namespaces?: readonly string[]) => new OperatorRunner(source, namespaces);
  const operator = anotherOperator();
  const folder = mkdtempSync(join(tmpdir(), 'dependency-gate-scenarios-'));
  return {
    server: { ...server, ...observer },
    connection,
    operator,
    anotherOperator,
    logs: simulation.logs,
    kubectl: kubectl(server.kubeconfig, folder),
    stop: async () => {
      await operator.stop();
      await connection.close();
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param folder where its configuration and cache are kept */
function kubectl(config: string, folder: string): TestCluster['kubectl'] {
  const program = KUBECTL.find((place) => spawnSync(place, ['version', '--client']).status === 0);
  if (program === undefined) return undefined;
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, config);
  const flags = [`--kubeconfig=${file}`, `--cache-dir=${join(folder, 'cache')}`];
  return async (args, options) => (await runCommand([program, ...flags, ...args], options)).stdout;
}
