import { expect } from 'chai';
import { describeWith } from './describe-with.ts';
import { births } from './first-starts/births.ts';
import { startGatedCluster } from './first-starts/cluster.ts';
import { held } from './first-starts/held.ts';
import { inPods } from './first-starts/in-pods.ts';
import { orders } from './first-starts/orders.ts';
import { together } from './first-starts/together.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';
import { MUTATING_POLICIES } from './versions.ts';

/** With the policies of config/admission in force no Pod of a target starts ungated: what the API server does by itself. */
describeWith(MUTATING_POLICIES, 'first starts', function () {
  this.timeout(240_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startGatedCluster);

  for (const stories of [births, together, held, orders, inPods]) stories(cluster);

  describe('in all of these', () => {
    it('no reconcile ended in a defect', () => expect(cluster().operator.errors).to.be.empty);
  });
});
