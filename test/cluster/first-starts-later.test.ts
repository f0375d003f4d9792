import { describeWith } from './describe-with.ts';
import { atRest } from './first-starts/at-rest.ts';
import { away } from './first-starts/away.ts';
import { changes } from './first-starts/changes.ts';
import { startGatedCluster } from './first-starts/cluster.ts';
import { combined } from './first-starts/combined.ts';
import { heldDeployments } from './first-starts/held-deployments.ts';
import { helm } from './first-starts/helm.ts';
import { leftovers } from './first-starts/leftovers.ts';
import { nextRollout } from './first-starts/next-rollout.ts';
import { rendered } from './first-starts/rendered.ts';
import { tellAll } from './first-starts/tell-all.ts';
import { unattended } from './first-starts/unattended.ts';
import { unlabelledJobs } from './first-starts/unlabelled-jobs.ts';
import { MUTATING_POLICIES } from './versions.ts';

/** With the policies of config/admission in force: what the operator makes of workloads that were gated at their birth. */
describeWith(MUTATING_POLICIES, 'first starts, and what comes after them', function () {
  this.timeout(240_000);
  tellAll(startGatedCluster, [
    ...[heldDeployments, unattended, helm, unlabelledJobs, atRest, away],
    ...[leftovers, changes, nextRollout, combined, rendered],
  ]);
});
