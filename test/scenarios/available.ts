import type { KubeObject } from '../../src/sandbox/cluster.ts';
import type { Namespace } from './namespace.ts';

/**
 * Makes Deployments and waits until nothing more happens to them: their templates have ReplicaSets of their own, and no
 * write to them meets a conflict.
 */
export async function makeAvailable(here: Namespace, ...deployments: readonly KubeObject[]): Promise<void> {
  await here.create(...deployments);
  for (const { metadata } of deployments)
    await here.untilWorkload(metadata.name, 'is available', ({ status }) => status.availableReplicas === 1);
}
