import { stringify } from 'yaml';
import { firstStart, firstStartCronJob } from './first-start-policy.ts';
import { guard, guardOld, guardRemoval } from './guard.ts';
import { guardCrd } from './guard-crd.ts';
import { guardOperatorCreations, guardOperatorGates, guardOperatorScale } from './guard-operator.ts';
import { guardOperatorJobs } from './guard-operator-jobs.ts';
import { guardOperatorDeletions, guardOperatorHolds, guardOperatorPods } from './guard-operator-pods.ts';
import { guardOperatorCronJobs, guardOperatorTemplates } from './guard-operator-templates.ts';
import { guardReads } from './guard-reads.ts';
import { guardRoles } from './guard-roles.ts';
import { guardStatus } from './guard-status.ts';
import { holdJob, holdResumed, tellOfSuspended } from './hold-job.ts';
import { hold } from './hold-policy.ts';
import { injectCronJob } from './inject-cronjob.ts';
import { inject } from './inject-policy.ts';
import { keepRequired } from './keep-required.ts';
import { place, placeCronJob } from './place-policy.ts';
import type { Admission } from './policy.ts';
import { requireOfJob } from './require-job.ts';
import { requireGates } from './require-policy.ts';
import { suspendJob } from './suspend-job.ts';

/** The files of config/admission, config/first-starts and config/guards, by their path in the repository. */
export const POLICY_MANIFESTS: Readonly<Record<string, () => string>> = {
  'config/admission/inject.yaml': () => format(inject()),
  'config/admission/inject-cronjob.yaml': () => format(injectCronJob()),
  'config/admission/place.yaml': () => format(place()),
  'config/admission/place-cronjob.yaml': () => format(placeCronJob()),
  'config/admission/hold.yaml': () => format(hold()),
  'config/admission/suspend-job.yaml': () => format(suspendJob()),
  'config/admission/require-job.yaml': () => format(requireOfJob(), keepRequired()),
  'config/first-starts/first-start.yaml': () => format(firstStart(), firstStartCronJob()),
  'config/first-starts/require.yaml': () => format(requireGates()),
  'config/first-starts/hold-job.yaml': () => format(holdJob(), holdResumed(), tellOfSuspended()),
  'config/guards/guard.yaml': () => format(guard(), guardOld(), guardRemoval()),
  'config/guards/guard-crd.yaml': () => format(guardCrd()),
  'config/guards/guard-reads.yaml': () => format(guardReads()),
  'config/guards/guard-status.yaml': () => format(guardStatus()),
  'config/guards/guard-roles.yaml': () => format(guardRoles()),
  'config/guards/operator-gates.yaml': () => format(guardOperatorGates()),
  'config/guards/operator-pods.yaml': () =>
    format(guardOperatorPods(), guardOperatorHolds(), guardOperatorDeletions()),
  'config/guards/operator-workloads.yaml': () =>
    format(
      guardOperatorTemplates(),
      guardOperatorCronJobs(),
      guardOperatorJobs(),
      guardOperatorScale(),
      guardOperatorCreations(),
    ),
};

/** Manifests for `kubectl apply`, each policy with what it is for above it. */
function format(...admissions: readonly Admission[]): string {
  const generated = '# Made from src/api/policies by `make generate`.\n';
  return generated + admissions.map(formatOne).join('---\n');
}

function formatOne({ about, objects }: Admission): string {
  const comment = about.replaceAll(/^/gm, '# ');
  const documents = objects.map((object) =>
    stringify(object, { aliasDuplicateObjects: false, blockQuote: 'literal', lineWidth: 0 }),
  );
  return `${comment}\n${documents.join('---\n')}`;
}
