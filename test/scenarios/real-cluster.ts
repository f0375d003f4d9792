import { OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT } from '../../src/api/names.ts';
import { type Connection, connect } from '../../src/kube/client/connection.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { kubeconfigCredentials } from '../../src/kube/client/kubeconfig.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { startSimulation } from '../../src/sandbox/simulation/simulation.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../cluster/control-plane.ts';
import { established } from '../cluster/established.ts';
import { httpCluster } from '../cluster/http-cluster.ts';
import { type Version, versionUnderTest } from '../cluster/versions.ts';
import { manifestFiles, read } from '../config/manifests.ts';
import { hastyClock, type TestCluster } from './cluster.ts';
import { OperatorRunner } from './operator-runner.ts';
import { resourceOf } from './resources.ts';

/** Who the operator is by config/rbac. */
export const SERVICE_ACCOUNT = { namespace: OPERATOR_NAMESPACE, name: OPERATOR_SERVICE_ACCOUNT };

export interface RealCluster extends TestCluster {
  readonly controlPlane: ControlPlane;
}

/**
 * etcd, API server and controller manager, with the operator installed as config/ has it but run by the tests, as its
 * ServiceAccount and with nothing but its permissions. The sandbox's node plays scheduler and kubelet, so a cluster that runs
 * already, with its own, cannot take its place.
 *
 * @param prepare does what is to be done before the operator is installed
 * @param version the release to run; default the one under test
 */
export async function startRealCluster(
  flags: ControlPlaneOptions['flags'] = {},
  prepare: (controlPlane: ControlPlane) => Promise<void> = async () => {},
  version: Version = versionUnderTest(),
): Promise<RealCluster> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  const controlPlane = await startControlPlane({ flags, assets, version });
  await prepare(controlPlane);
  await install(controlPlane);
  const admin = kubeconfigCredentials({ kubeconfigPath: controlPlane.kubeconfig });
  const connection = connect(admin, { clock: systemClock, userAgent: 'scenario' });
  await addNode(connection);
  // A connection of its own: it holds a watch for each of its kinds.
  const node = connect(admin, { clock: systemClock, userAgent: 'node' });
  const simulation = startSimulation(httpCluster(node), { clock: hastyClock, controllers: false });
  const { namespace, name } = SERVICE_ACCOUNT;
  const kubeconfigPath = await controlPlane.serviceAccountKubeconfig(namespace, name);
  const anotherOperator = (namespaces?: readonly string[]) =>
    new OperatorRunner({ kubeconfigPath }, namespaces);
  const operator = anotherOperator();
  return {
    controlPlane,
    connection,
    operator,
    anotherOperator,
    logs: simulation.logs,
    kubectl: (args, options) => controlPlane.kubectl(args, options),
    stop: async (options) => {
      await operator.stop();
      simulation.stop();
      await Promise.all([connection.close(), node.close()]);
      await controlPlane.stop(options);
    },
  };
}

/** Applies what the operator needs and all releases have: namespace, permissions, custom resource and guards. */
export async function install(controlPlane: ControlPlane): Promise<void> {
  const folders = ['config/rbac', 'config/more-kinds', 'crds', 'config/guards'];
  const files = ['config/operator/namespace.yaml', ...folders.flatMap(manifestFiles)];
  for (const file of files) await controlPlane.apply(read(file));
  await established(controlPlane);
}

/** The simulated node's object: Pods are bound to it, and a DaemonSet has one Pod for it. */
async function addNode(connection: Connection): Promise<void> {
  const requests = createRequests({ connection, clock: systemClock });
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'sandbox' } };
  await requests.create(resourceOf('Node'), undefined, node);
  // A new node is tainted as not ready, and what takes the taint off looks at heartbeats.
  await requests.patch(resourceOf('Node'), node.metadata, { spec: { taints: null } }, { type: 'merge' });
}
