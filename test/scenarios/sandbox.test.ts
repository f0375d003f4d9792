import { expect } from 'chai';
import { useCluster } from '../cluster/use.ts';
import { startSandboxCluster } from './sandbox-cluster.ts';
import { EVERYWHERE } from './scenarios.ts';

describe('on the sandbox', function () {
  this.timeout(120_000);
  const cluster = useCluster(async () => {}, startSandboxCluster);
  for (const scenario of EVERYWHERE) scenario(cluster);
  describe('in all of these', () => {
    it('no pass ended in a defect', () => expect(cluster().operator.errors).to.be.empty);
  });
});
