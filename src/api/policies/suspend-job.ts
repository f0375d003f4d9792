import { QUEUE_LABEL, REQUIRE_LABEL, START_ANNOTATION, START_SUSPENDED, START_WAITING } from '../names.ts';
import { isSuspended, isWaiting, JOB_TEMPLATE_LACKS, REQUIRING_JOB, startOf } from './hold-job.ts';
import { add, keyIn, mapUnless } from './json-patch-cel.ts';
import { type Admission, type Expression, IS_AN_OPERATOR, mutating, onWorkload } from './policy.ts';

/** CEL: somebody else is to suspend and resume the Job. */
export const IS_QUEUED = `has(object.spec.managedBy) || (has(object.metadata.labels) && '${QUEUE_LABEL}' in object.metadata.labels)`;

/** CEL: no CronJob has made the Job. Its controller tries again, and the Pods are placed into by way of its template. */
export const NOT_OF_CRON_JOB: Expression = {
  name: 'no-cron-job',
  expression:
    "!has(object.metadata.ownerReferences) || !object.metadata.ownerReferences.exists(o, o.kind == 'CronJob')",
};

/** CEL: what the annotation of a Job is to say that is created and has to wait. */
export function startOfNew(suspended: string, start: string): string {
  return `${IS_QUEUED} || (${suspended} && ${start} != '${START_SUSPENDED}') ? '${START_WAITING}' : '${START_SUSPENDED}'`;
}

/**
 * Has Jobs wait that require gates: their templates never get any, but each of their Pods does at its birth.
 *
 * What it has suspended stays so for all but the operator until then, so that a write of the Job as it is in Git resumes
 * nothing. Whoever wants it suspended beyond that takes it over, with the annotation. It never suspends a Job that runs.
 */
export function suspendJob(): Admission {
  const about = `Suspends a Job as it is created whose template names, in the label ${REQUIRE_LABEL},\na gate that is not in place. The operator resumes it when the gate is in force. Of a Job that somebody else suspends\nit only says so, in the annotation ${START_ANNOTATION}, and the Job is theirs to resume.`;
  return mutating('suspend-job', about, {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchConstraints: { resourceRules: [onWorkload('Job', 'CREATE', 'UPDATE')] },
    matchConditions: [
      REQUIRING_JOB,
      // No gate can name a Job that gets its name as it is stored: it would wait for ever, so it is refused.
      { name: 'named', expression: 'has(object.metadata.name)' },
      { name: 'alive', expression: '!has(object.metadata.deletionTimestamp)' },
      { name: 'not-the-operator', expression: `!${IS_AN_OPERATOR}` },
      NOT_OF_CRON_JOB,
    ],
    variables: [
      ...JOB_TEMPLATE_LACKS,
      { name: 'suspended', expression: isSuspended('object') },
      { name: 'start', expression: startOf('object') },
      {
        name: 'wanted',
        expression: [
          `request.operation == 'UPDATE' ? (${isWaiting('oldObject')} ? (variables.start == '${START_WAITING}' ? '${START_WAITING}' : ${startOf('oldObject')}) : '') :`,
          startOfNew('variables.suspended', 'variables.start'),
        ].join('\n'),
      },
    ],
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: PATCH } }],
  });
}

const PATCH = [
  "size(variables.lacking) == 0 || variables.wanted == '' ? [] :",
  mapUnless('has(object.metadata.annotations)', '/metadata/annotations'),
  `(variables.start == variables.wanted ? [] : [${add(keyIn('/metadata/annotations', START_ANNOTATION), 'variables.wanted')}]) +`,
  `(variables.suspended || variables.wanted != '${START_SUSPENDED}' ? [] : [${add("'/spec/suspend'", 'true')}])`,
].join('\n');
