import { REQUIRE_LABEL } from '../names.ts';
import { lackingGates } from './hold-policy.ts';
import { type Admission, onWorkload, validating } from './policy.ts';

/** Refuses Jobs that would be held. */
export function holdJob(): Admission {
  const about = `Refuses a Job whose template names, in the label ${REQUIRE_LABEL}, a gate that is not in place.\nA Job's template never changes, so its Pods would be held for ever; GitOps tools and the CronJob controller try again.`;
  const metadata = 'object.spec.template.metadata';
  return validating('hold-job', about, {
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: [onWorkload('Job', 'CREATE')] },
    matchConditions: [
      {
        name: 'asked',
        expression: `has(${metadata}.labels) && '${REQUIRE_LABEL}' in ${metadata}.labels`,
      },
    ],
    variables: [
      { name: 'annotations', expression: `has(${metadata}.annotations) ? ${metadata}.annotations : {}` },
      {
        name: 'lacking',
        expression: lackingGates(`${metadata}.labels['${REQUIRE_LABEL}']`, 'variables.annotations'),
      },
    ],
    validations: [
      {
        expression: 'size(variables.lacking) == 0',
        messageExpression: `'Job ' + object.metadata.name + ' requires gate ' + variables.lacking.join(', ') + ', which is not in force for it, and a Job cannot be gated later. Create the gate first, with this Job or its CronJob as a target, wait until it is Ready, and create the Job again. Helm writes gates last: let a release of its own before this one have the gate, or gate the chart with the post-renderer dependency-gate render. Without the label ${REQUIRE_LABEL} the Job starts ungated'`,
      },
    ],
  });
}
