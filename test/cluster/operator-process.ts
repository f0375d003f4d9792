import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT } from '../config/manifests.ts';
import { type RealCluster, SERVICE_ACCOUNT } from '../scenarios/real-cluster.ts';
import { endingWithUs } from './at-exit.ts';

/**
 * Gives the suite the operator as a process of its own, from the source and with the permissions of its ServiceAccount. It
 * is stopped after the suite.
 *
 * @returns starts it, with flags for Node and for its health port (0: any)
 */
export function useOperatorProcess(
  on: () => RealCluster,
): (healthPort: number, ...nodeFlags: readonly string[]) => Promise<ChildProcess> {
  let operator: ChildProcess | undefined;
  after('stop the operator', async () => {
    if (operator?.exitCode !== null || operator.signalCode !== null) return;
    operator.kill();
    await once(operator, 'exit');
  });
  return async (healthPort, ...nodeFlags) => {
    const { namespace, name } = SERVICE_ACCOUNT;
    const kubeconfig = await on().controlPlane.serviceAccountKubeconfig(namespace, name);
    const flags = ['--waiter-image=waiter:1', `--kubeconfig=${kubeconfig}`, `--health-port=${healthPort}`];
    const args = [...nodeFlags, join(ROOT, 'src/main.ts'), 'operator', ...flags];
    operator = endingWithUs(spawn(process.execPath, args, { stdio: 'ignore' }));
    return operator;
  };
}
