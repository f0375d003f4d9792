import { REQUIRE_LABEL, START_ANNOTATION, START_SUSPENDED, START_WAITING } from '../names.ts';
import { lackingGates } from './hold-policy.ts';
import { type Admission, type Expression, IS_AN_OPERATOR, onWorkload, validating } from './policy.ts';

const METADATA = 'object.spec.template.metadata';

/** CEL: the Job's template requires gates. */
export const REQUIRING_JOB: Expression = {
  name: 'asked',
  expression: `has(${METADATA}.labels) && '${REQUIRE_LABEL}' in ${METADATA}.labels`,
};

/** CEL variables: `lacking`, the gates that a Job's template requires and does not carry. */
export const JOB_TEMPLATE_LACKS: readonly Expression[] = [
  { name: 'annotations', expression: `has(${METADATA}.annotations) ? ${METADATA}.annotations : {}` },
  {
    name: 'lacking',
    expression: lackingGates(`${METADATA}.labels['${REQUIRE_LABEL}']`, 'variables.annotations'),
  },
];

/** CEL: a Job is suspended. */
export function isSuspended(job: string): string {
  return `${job}.spec.?suspend.orValue(false)`;
}

/** CEL: what a Job's annotation says of its start; empty where it has none. */
export function startOf(job: string): string {
  return `${job}.metadata.?annotations[?'${START_ANNOTATION}'].orValue('')`;
}

/** CEL: a Job waits for its gates, suspended by admission or by somebody else. */
export function isWaiting(job: string): string {
  return `${isSuspended(job)} && ${startOf(job)} in ['${START_SUSPENDED}', '${START_WAITING}']`;
}

const NAME = "'Job ' + object.metadata.?name.orValue(object.metadata.?generateName.orValue(''))";
const GATES = "variables.lacking.join(', ')";

/** Refuses Jobs whose Pods would be held or refused: those that do not wait for their gates. */
export function holdJob(): Admission {
  const about = `Refuses a Job whose template names, in the label ${REQUIRE_LABEL}, a gate that is not in place,\nunless it is suspended until then (config/admission, Kubernetes 1.36 or newer). Whoever creates it tries again:\nthe CronJob controller, and GitOps tools.`;
  return validating('hold-job', about, {
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: [onWorkload('Job', 'CREATE')] },
    matchConditions: [REQUIRING_JOB],
    variables: JOB_TEMPLATE_LACKS,
    validations: [
      {
        expression: `size(variables.lacking) == 0 || (${isWaiting('object')})`,
        messageExpression: `${NAME} + ' requires gate ' + ${GATES} + ', which is not in force for it, and nothing suspends it until then. Create the gate first, with this Job or its CronJob as a target, wait until it is Ready, and create the Job again; Helm writes gates last, so let a release of its own before this one have the gate. Where no policies of config/admission are, as before Kubernetes 1.36, gate the manifest instead, with dependency-gate render (a post-renderer for Helm). Without the label ${REQUIRE_LABEL} the Job starts ungated'`,
      },
    ],
  });
}

/** Refuses that a Job is resumed which its queue or its user has suspended, while its Pods would be held. */
export function holdResumed(): Admission {
  const about =
    'Refuses that a Job which somebody else has suspended is resumed before the gates that it requires are in force:\nits Pods would be held for ever. Whoever resumes it tries again, as queues do.';
  return validating('hold-resumed-job', about, {
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: [onWorkload('Job', 'UPDATE')] },
    matchConditions: [
      REQUIRING_JOB,
      { name: 'waiting', expression: isWaiting('oldObject') },
      { name: 'not-the-operator', expression: `!${IS_AN_OPERATOR}` },
      { name: 'resumed', expression: `!${isSuspended('object')}` },
    ],
    variables: JOB_TEMPLATE_LACKS,
    validations: [
      {
        expression: 'size(variables.lacking) == 0',
        messageExpression: `${NAME} + ' requires gate ' + ${GATES} + ', which is not in force for it yet: resume it when its annotation ${START_ANNOTATION} is released. To start it without the gate, take the label ${REQUIRE_LABEL} off its Pod template in the same write'`,
      },
    ],
  });
}

/** Tells whoever writes a Job that waits for its gates that it does. */
export function tellOfSuspended(): Admission {
  const about =
    'Warns whoever writes a Job that it is suspended until the gates that it requires are in force: kubectl and Helm print it.';
  return validating(
    'suspended-job',
    about,
    {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [onWorkload('Job', 'CREATE', 'UPDATE')] },
      matchConditions: [
        REQUIRING_JOB,
        { name: 'waiting', expression: isWaiting('object') },
        { name: 'not-the-operator', expression: `!${IS_AN_OPERATOR}` },
      ],
      variables: JOB_TEMPLATE_LACKS,
      validations: [
        {
          expression: 'size(variables.lacking) == 0',
          messageExpression: `${NAME} + ' is suspended until gate ' + ${GATES} + ' is in force for it, and then ' + (${startOf('object')} == '${START_SUSPENDED}' ? 'the operator resumes it' : 'you can resume it') + '. To start it without the gate, take the label ${REQUIRE_LABEL} off its Pod template and resume it in the same write'`,
        },
      ],
    },
    'Warn',
  );
}
