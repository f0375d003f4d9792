import { intoWorkload } from './into-workload.ts';
import { placement } from './placement.ts';
import { type Admission, mutating, onWorkload } from './policy.ts';

/** Gates CronJobs: their Jobs are made with the containers in them. */
export function injectCronJob(): Admission {
  return mutating(
    'inject-cronjob',
    'The same as inject.yaml, for the template of the Jobs that a CronJob makes.',
    placement(intoWorkload('spec.jobTemplate.spec.template', onWorkload('CronJob', 'CREATE', 'UPDATE'))),
  );
}
