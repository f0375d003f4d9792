import { intoJob, intoPod } from './into-pod.ts';
import { placement } from './placement.ts';
import { type Admission, mutating } from './policy.ts';

/** Gates Pods at their birth, for gates with `placement: Pod`. */
export function place(): Admission {
  return mutating(
    'place',
    "Places the stored render of each gate with placement Pod into the Pods of its targets as they are created, and lets go\nthose that were held for it alone. The targets' templates stay as they are. Works while the operator is down.",
    placement(intoPod()),
  );
}

/** The same for the Pods of CronJobs, by way of their Jobs: a Pod does not say which CronJob it is of. */
export function placeCronJob(): Admission {
  return mutating(
    'place-cronjob',
    'The same as place.yaml, for the Jobs that a CronJob makes. The CronJob stays as it is.',
    placement(intoJob()),
  );
}
