import type { Place } from './placement.ts';
import type { ResourceRule } from './policy.ts';
import { kindOf } from './workloads.ts';

/** The template of a workload that a gate names, when it is written. */
export function intoWorkload(path: string, ...resourceRules: readonly ResourceRule[]): Place {
  return {
    matchConstraints: { resourceRules },
    path,
    isTargeted: `has(object.metadata.name) && params.spec.targets.exists(t,\nt.name == object.metadata.name && ${kindOf('t')} == object.kind)`,
    target: "object.kind + '/' + object.metadata.name",
    conditions: [
      {
        name: 'rollout',
        expression: `!has(params.spec.updatePolicy) || params.spec.updatePolicy != 'OnNextRollout' ||\noldObject == null || object.${path} != oldObject.${path}`,
      },
    ],
  };
}
