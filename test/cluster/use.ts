/** Clusters for mocha suites: started before them and stopped after, or the suite skipped with a reason. */
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts';
import { type ClusterNode, type NodeOptions, requireNode, startNode } from './node.ts';
import { requirePrograms } from './programs.ts';

/** Longer than the build of everything on a slow machine. */
const START_LIMIT_MS = 50 * 60_000;

/**
 * Gives the suite a control plane of its own. Environment: KUBEBUILDER_ASSETS (a folder with etcd and kube-apiserver) or
 * DEPENDENCY_GATE_TEST_KUBECONFIG (a cluster that runs already) take its place.
 *
 * @returns the cluster, for use inside of tests and hooks
 */
export function useControlPlane(flags: ControlPlaneOptions['flags'] = {}): () => ControlPlane {
  const { KUBEBUILDER_ASSETS: assets, DEPENDENCY_GATE_TEST_KUBECONFIG: kubeconfig } = process.env;
  return useCluster(
    () => requirePrograms(assets),
    () => startControlPlane({ flags, assets, kubeconfig }),
  );
}

/** Gives the suite a whole cluster with one real node: Linux, root. */
export function useNode(options: NodeOptions = {}): () => ClusterNode {
  return useCluster(requireNode, () => startNode(options));
}

/** What every tier's cluster can do. */
interface Stoppable {
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/** @param requirements rejects with the reason when this machine cannot run such a cluster */
export function useCluster<Cluster extends Stoppable>(
  requirements: () => Promise<unknown>,
  start: () => Promise<Cluster>,
): () => Cluster {
  let cluster: Cluster | undefined;
  before('start the cluster', async function () {
    this.timeout(START_LIMIT_MS);
    const reason = await requirements().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (reason !== undefined) skip(this, reason);
    cluster = await start();
  });
  after('stop the cluster', async function () {
    this.timeout(120_000);
    await cluster?.stop({ keepLogs: hasFailed(this.test?.parent) });
    cluster = undefined;
  });
  return () => {
    if (cluster === undefined) throw new Error('the cluster is there from the first `before` hook on');
    return cluster;
  };
}

/** Skips loudly; where everything is expected to run (CI=true) it fails instead. */
function skip(context: Mocha.Context, reason: string): void {
  const title = context.test?.parent?.fullTitle() ?? '';
  if (process.env.CI === 'true') throw new Error(`"${title}" cannot run: ${reason}`);
  console.error(`SKIPPED "${title}": ${reason}`);
  context.skip();
}

function hasFailed(suite: Mocha.Suite | undefined): boolean {
  let failed = false;
  suite?.eachTest((test) => {
    failed ||= test.isFailed();
  });
  return failed;
}
