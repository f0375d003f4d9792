import type { Place } from './placement.ts';
import type { ResourceRule } from './policy.ts';
import { kindOf } from './workloads.ts';

/** CEL: the gate is placed into templates. A Job's never changes after its creation, so that is no rollout. */
const IN_TEMPLATES = `!has(params.spec.placement) || params.spec.placement != 'Pod' || object.kind == 'Job'`;

/** The template of a workload that a gate names, when it is written. */
export function intoWorkload(path: string, ...resourceRules: readonly ResourceRule[]): Place {
  return {
    matchConstraints: { resourceRules },
    path,
    isTargeted: `has(object.metadata.name) && params.spec.targets.exists(t,\nt.name == object.metadata.name && ${kindOf('t')} == object.kind)`,
    target: "object.kind + '/' + object.metadata.name",
    conditions: [
      { name: 'in-templates', expression: IN_TEMPLATES },
      {
        name: 'rollout',
        expression: `!has(params.spec.updatePolicy) || params.spec.updatePolicy != 'OnNextRollout' ||\noldObject == null || object.${path} != oldObject.${path}`,
      },
    ],
  };
}
