import { expect } from 'chai';
import { describeWith } from './describe-with.ts';
import { atRest } from './first-starts/at-rest.ts';
import { away } from './first-starts/away.ts';
import { births } from './first-starts/births.ts';
import { changes } from './first-starts/changes.ts';
import { startGatedCluster } from './first-starts/cluster.ts';
import { combined } from './first-starts/combined.ts';
import { held } from './first-starts/held.ts';
import { heldDeployments } from './first-starts/held-deployments.ts';
import { helm } from './first-starts/helm.ts';
import { inPods } from './first-starts/in-pods.ts';
import { jobs } from './first-starts/jobs.ts';
import { leftovers } from './first-starts/leftovers.ts';
import { nextRollout } from './first-starts/next-rollout.ts';
import { orders } from './first-starts/orders.ts';
import { rendered } from './first-starts/rendered.ts';
import { suspendedJobs } from './first-starts/suspended-jobs.ts';
import { together } from './first-starts/together.ts';
import { unattended } from './first-starts/unattended.ts';
import { unlabelledJobs } from './first-starts/unlabelled-jobs.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';
import { MUTATING_POLICIES } from './versions.ts';

/** Whole stories on a real API server with the policies of config/admission in force: no Pod of a target starts ungated. */
describeWith(MUTATING_POLICIES, 'first starts', function () {
  this.timeout(240_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startGatedCluster);

  const ofPods = [births, together, held, heldDeployments, unattended, orders];
  const all = [
    ...ofPods,
    helm,
    jobs,
    suspendedJobs,
    unlabelledJobs,
    atRest,
    away,
    leftovers,
    changes,
    nextRollout,
    inPods,
    combined,
    rendered,
  ];
  for (const stories of all) stories(cluster);

  describe('in all of these', () => {
    it('no reconcile ended in a defect', () => expect(cluster().operator.errors).to.be.empty);
  });
});
