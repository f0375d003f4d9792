import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { projectImage, toolsImage } from './images.ts';
import type { ClusterNode, NodeOptions } from './node.ts';
import { type Overlay, operatorManifests, type Release, THIS_RELEASE } from './operator-manifests.ts';
import { useNode } from './use.ts';

export const OPERATOR_NAMESPACE = 'dependency-gate-system';
export const OPERATOR = 'deployment/dependency-gate-operator';

/** One works, the other stands by. */
const REPLICAS = 2;

const logLine = z.looseObject({ level: z.string(), time: z.iso.datetime(), msg: z.string() });

/**
 * Gives the suite a real node on which the operator works as users install it: as a Pod, from config/default.
 *
 * @param overlay its resources are named from the repository's root
 */
export function useOperator(options: NodeOptions = {}, overlay: Overlay = {}): () => ClusterNode {
  const cluster = useNode(options);
  before('install the operator', async function () {
    this.timeout(300_000);
    await installOperator(cluster(), overlay);
  });
  return cluster;
}

/** The last test of a suite: whatever its stories were, none gave the operator a reason to complain or to end. */
export function itWentWell(cluster: () => ClusterNode): void {
  it('leaves the operator running as it was started, and no error in its log', async () => {
    const args = ['get', 'pods', `--namespace=${OPERATOR_NAMESPACE}`, '--no-headers'];
    const pods = (await cluster().kubectl(args)).trimEnd().split('\n');
    expect(pods).to.have.length(REPLICAS);
    for (const pod of pods) expect(pod).to.match(/^dependency-gate-operator-\S+ +1\/1 +Running +0 /);
    const errors = (await operatorLog(cluster())).filter(
      ({ level }) => level === 'error' || level === 'fatal',
    );
    expect(errors).to.deep.equal([]);
  });
}

/** Installs the shipped manifests with the image of this build, and waits until the operator is ready. */
export async function installOperator(cluster: ClusterNode, overlay: Overlay = {}): Promise<void> {
  await importRelease(cluster, THIS_RELEASE);
  await cluster.importImage(await toolsImage());
  await cluster.apply(await operatorManifests(cluster, overlay));
  await operatorRolledOut(cluster);
}

/** Gives the node the image of a release that was built. */
export async function importRelease(cluster: ClusterNode, { root, image }: Release): Promise<void> {
  const dist = join(root, 'dist');
  if (!existsSync(dist)) throw new Error('there is no dist/: run `make build`');
  await cluster.importImage({ ...(await projectImage(dist)), name: image });
}

/** Waits until all replicas of the operator are those that were applied last, and ready. */
export async function operatorRolledOut(cluster: ClusterNode): Promise<void> {
  const rollout = ['rollout', 'status', OPERATOR, `--namespace=${OPERATOR_NAMESPACE}`, '--timeout=120s'];
  await cluster.kubectl(rollout, { limitMs: 150_000 });
}

/** Every line that the operators have logged, one after the other; throws for one that is no JSON object. */
export async function operatorLog(cluster: ClusterNode): Promise<z.infer<typeof logLine>[]> {
  const which = ['--selector=app.kubernetes.io/name=dependency-gate', `--namespace=${OPERATOR_NAMESPACE}`];
  const log = await cluster.kubectl(['logs', ...which, '--tail=-1']);
  return log
    .trimEnd()
    .split('\n')
    .map((line) => logLine.parse(JSON.parse(line)));
}
