import { REQUIRE_LABEL } from '../../../src/api/names.ts';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { manifestFiles, read } from '../../config/manifests.ts';
import { APP_IMAGE } from '../../scenarios/manifests.ts';
import type { Namespace } from '../../scenarios/namespace.ts';
import { startWatchedCluster, type WatchedCluster } from '../first-starts/cluster.ts';
import { told } from '../first-starts/events.ts';

/** What the API server says where one of the policies refuses a Pod. */
export const POLICY = /ValidatingAdmissionPolicy 'dependencygate-(first-start|require)'/;
const HASH = 'abcde';

/** A cluster as Kubernetes before 1.36 is: with policies that refuse, of config/first-starts, and none that changes anything. */
export async function startRefusingCluster(): Promise<WatchedCluster> {
  const cluster = await startWatchedCluster();
  for (const file of manifestFiles('config/first-starts')) await cluster.controlPlane.apply(read(file));
  return cluster;
}

/** What controllers tell of Pods that one of the policies has refused them. */
export async function refusals(here: Namespace): Promise<string[]> {
  return (await told(here, 'FailedCreate')).map(({ note }) => note).filter((note) => POLICY.test(note));
}

/** Waits until the first Pods of a target are refused: the API server sees gates a moment after their status is written. */
export async function untilRefusing(here: Namespace, kind: string, name: string): Promise<void> {
  await here.until(`first Pods of ${kind} ${name} are refused`, () => isRefused(here, podOf(kind, name)));
}

/** Waits until what requires a gate is refused, a second or two after the policy was applied. */
export async function untilRequiring(here: Namespace): Promise<void> {
  const pod = requiringPod('nobodys');
  await here.until('Pods that require a gate are refused', () => isRefused(here, pod));
}

async function isRefused(here: Namespace, pod: KubeObject): Promise<true | undefined> {
  const refusal = await here.refusal(pod);
  return refusal && POLICY.test(refusal.message) ? true : undefined;
}

/** A Pod as the controller of such a workload would make it. */
export function podOf(kind: string, name: string, apiVersion = 'apps/v1'): KubeObject {
  const isDeployment = kind === 'Deployment';
  const owner = {
    apiVersion,
    kind: isDeployment ? 'ReplicaSet' : kind,
    name: isDeployment ? `${name}-${HASH}` : name,
    uid: '00000000-0000-4000-8000-000000000000',
    controller: true,
  };
  return barePod({
    ownerReferences: [owner],
    ...(isDeployment && { labels: { 'pod-template-hash': HASH } }),
  });
}

/** A Pod of nobody, which requires a gate. */
export function requiringPod(gate: string): KubeObject {
  return barePod({ labels: { [REQUIRE_LABEL]: gate } });
}

function barePod(metadata: object): KubeObject {
  const spec = { containers: [{ name: 'app', image: APP_IMAGE }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe', ...metadata }, spec };
}
