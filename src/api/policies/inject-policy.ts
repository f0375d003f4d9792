import { intoWorkload } from './into-workload.ts';
import { placement } from './placement.ts';
import { type Admission, mutating, onWorkload } from './policy.ts';

/** Gates workloads whose Pod template is at `spec.template`. That of a Job never changes after its creation. */
export function inject(): Admission {
  const about =
    "Places the stored render of each gate into its targets when they are created or changed, so that a first start is\ngated and no apply takes the containers out. Works while the operator is down. The operator's own writes pass as they are.";
  return mutating(
    'inject',
    about,
    placement(
      intoWorkload(
        'spec.template',
        onWorkload('Deployment', 'CREATE', 'UPDATE'),
        onWorkload('StatefulSet', 'CREATE', 'UPDATE'),
        onWorkload('DaemonSet', 'CREATE', 'UPDATE'),
        onWorkload('Job', 'CREATE'),
      ),
    ),
  );
}
