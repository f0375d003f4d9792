import { expect } from 'chai';
import { births } from './first-starts/births.ts';
import { startGatedCluster } from './first-starts/cluster.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';

/** Whole stories on a real API server with the policies of config/admission in force: no Pod of a target starts ungated. */
describe('first starts', function () {
  this.timeout(180_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startGatedCluster);

  births(cluster);

  describe('in all of these', () => {
    it('no pass ended in a defect', () => expect(cluster().operator.errors).to.be.empty);
  });
});
