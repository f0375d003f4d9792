import { expect } from 'chai';
import { describeWith } from './describe-with.ts';
import { startGatedCluster } from './first-starts/cluster.ts';
import { jobs } from './first-starts/jobs.ts';
import { suspendedJobs } from './first-starts/suspended-jobs.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';
import { MUTATING_POLICIES } from './versions.ts';

/** With the policies of config/admission in force no Pod of a Job starts ungated, though nobody can gate a Job later. */
describeWith(MUTATING_POLICIES, 'first starts of Jobs', function () {
  this.timeout(240_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startGatedCluster);

  for (const stories of [jobs, suspendedJobs]) stories(cluster);

  describe('in all of these', () => {
    it('no reconcile ended in a defect', () => expect(cluster().operator.errors).to.be.empty);
  });
});
