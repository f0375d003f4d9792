import { expect } from 'chai';
import { startRealCluster } from '../scenarios/real-cluster.ts';
import { EVERYWHERE, REAL_ONLY } from '../scenarios/scenarios.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';

describe('on a real control plane', function () {
  this.timeout(180_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startRealCluster);
  for (const scenario of [...EVERYWHERE, ...REAL_ONLY]) scenario(cluster);
  describe('in all of these', () => {
    it('no pass ended in a defect', () => expect(cluster().operator.errors).to.be.empty);
  });
});
