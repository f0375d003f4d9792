import { expect } from 'chai';
import { orders } from './first-starts/orders.ts';
import { requirePrograms } from './programs.ts';
import { adopted } from './refused-starts/adopted.ts';
import { births } from './refused-starts/births.ts';
import { changes } from './refused-starts/changes.ts';
import { startRefusingCluster } from './refused-starts/cluster.ts';
import { jobs } from './refused-starts/jobs.ts';
import { restarts } from './refused-starts/restarts.ts';
import { room } from './refused-starts/room.ts';
import { useCluster } from './use.ts';

/** Whole stories on a real API server that can refuse Pods and change none, as all releases before 1.36 are. */
describe('refused first starts', function () {
  this.timeout(240_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startRefusingCluster);

  for (const stories of [births, adopted, changes, jobs, room, restarts, orders]) stories(cluster);

  describe('in all of these', () => {
    it('no reconcile ended in a defect', () => expect(cluster().operator.errors).to.be.empty);
  });
});
