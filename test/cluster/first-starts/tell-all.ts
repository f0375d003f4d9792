import { expect } from 'chai';
import { requirePrograms } from '../programs.ts';
import { useCluster } from '../use.ts';
import type { WatchedCluster } from './cluster.ts';

/** Tells stories on one cluster that is started for them, and in the end that none gave the operator any trouble. */
export function tellAll<Cluster extends WatchedCluster>(
  start: () => Promise<Cluster>,
  all: readonly ((on: () => Cluster) => void)[],
): void {
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), start);
  for (const stories of all) stories(cluster);

  describe('in all of these', () => {
    it('no reconcile ended in a defect', () => expect(cluster().operator.errors).to.be.empty);
  });
}
