import { describeWith } from './describe-with.ts';
import { startGatedCluster } from './first-starts/cluster.ts';
import { jobs } from './first-starts/jobs.ts';
import { suspendedJobs } from './first-starts/suspended-jobs.ts';
import { tellAll } from './first-starts/tell-all.ts';
import { MUTATING_POLICIES } from './versions.ts';

/** With the policies of config/admission in force no Pod of a Job starts ungated, though nobody can gate a Job later. */
describeWith(MUTATING_POLICIES, 'first starts of Jobs', function () {
  this.timeout(240_000);
  tellAll(startGatedCluster, [jobs, suspendedJobs]);
});
