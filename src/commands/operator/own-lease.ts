import type { OwnLease } from '../../controller/leadership.ts';
import type { Process } from '../process.ts';
import { ownPod } from './own-image.ts';

/**
 * The Lease by which one of the operator's Pods works, by the variables that their template sets.
 *
 * @param unique what no other process has: a container that was restarted is another candidate than before
 * @throws Error, of one line, outside of such a Pod
 */
export function ownLease(env: Process['env'], unique: string): OwnLease {
  const pod = ownPod(env);
  const { LEASE: name } = env;
  if (!pod?.namespace || !name)
    throw new Error(
      'which Lease? --leader-election takes POD_NAME, POD_NAMESPACE and LEASE, as config/operator sets them: leave it out where one operator runs',
    );
  return { namespace: pod.namespace, name, identity: `${pod.name}_${unique}` };
}
