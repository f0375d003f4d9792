import {
  API_VERSION,
  FINALIZER,
  GATE_ANNOTATION_PREFIX,
  KIND,
  REQUIRE_LABEL,
  REQUIRE_SEPARATOR,
  START_ANNOTATION,
  START_SUSPENDED,
} from '../names.ts';
import { isSuspended, startOf } from './hold-job.ts';
import { add, keyIn, mapUnless } from './json-patch-cel.ts';
import { type Admission, type Expression, IS_AN_OPERATOR, mutating, onWorkload } from './policy.ts';
import { IS_QUEUED, NOT_OF_CRON_JOB, startOfNew } from './suspend-job.ts';
import { kindOf } from './workloads.ts';

const TEMPLATE = 'object.spec.template';
const LABEL = `${TEMPLATE}.?metadata.?labels[?'${REQUIRE_LABEL}'].orValue('')`;
const GATE = 'params.metadata.name';
/** A label's value has so many characters at most. */
const MAX_LABEL_LENGTH = 63;

/**
 * Has Jobs require the gates that name them and are stored, but not rendered yet: as if they had the label. A gate that is
 * rendered is left to `inject`, so that the Job starts with it at once.
 *
 * The Job is suspended here too, in the words of `suspend-job`: the API server runs policies in no order that one could
 * rely on, so that the other may have been there before the label was.
 */
export function requireOfJob(): Admission {
  const about = `Puts each gate that names a Job and is not in force yet into the label ${REQUIRE_LABEL} of the Job's\ntemplate as it is created, and suspends it: the operator resumes it when the gate is in force. A Job that is there\nalready stays as it is.`;
  return mutating('require-job', about, {
    paramKind: { apiVersion: API_VERSION, kind: KIND },
    // With Fail no Job could be created in a cluster whose custom resource is gone.
    failurePolicy: 'Ignore',
    // One of a queue is suspended by the queue's webhook, which is called after all policies.
    reinvocationPolicy: 'IfNeeded',
    matchConstraints: { resourceRules: [onWorkload('Job', 'CREATE')] },
    matchConditions: CONDITIONS,
    variables: [
      { name: 'suspended', expression: isSuspended('object') },
      { name: 'start', expression: startOf('object') },
      { name: 'wanted', expression: startOfNew('variables.suspended', 'variables.start') },
      { name: 'label', expression: LABEL },
      {
        name: 'required',
        expression: `variables.label == '' ? ${GATE} : variables.label + '${REQUIRE_SEPARATOR}' + ${GATE}`,
      },
    ],
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: PATCH } }],
  });
}

/** CEL: the operator is to bring the gate into force, as far as anybody knows. */
const IS_COMING = [
  `!has(params.metadata.deletionTimestamp) && !params.spec.?suspend.orValue(false)`,
  // Else it is placed by `inject`.
  `!(has(params.status) && has(params.status.render) && has(params.metadata.finalizers) && '${FINALIZER}' in params.metadata.finalizers)`,
  `!params.?status.?conditions.orValue([]).exists(c, c.type == 'Stalled' && c.status == 'True' && c.observedGeneration == params.metadata.generation)`,
].join(' &&\n');

const CONDITIONS: readonly Expression[] = [
  {
    name: 'targeted',
    expression: `has(object.metadata.name) && params.spec.targets.exists(t, t.name == object.metadata.name && ${kindOf('t')} == 'Job')`,
  },
  { name: 'coming', expression: IS_COMING },
  {
    name: 'lacking',
    expression: `!(${GATE} in ${LABEL}.split('${REQUIRE_SEPARATOR}')) && !(('${GATE_ANNOTATION_PREFIX}' + ${GATE}) in ${TEMPLATE}.?metadata.?annotations.orValue({}))`,
  },
  {
    name: 'room',
    expression: `size(${LABEL}) + size('${REQUIRE_SEPARATOR}') + size(${GATE}) <= ${MAX_LABEL_LENGTH}`,
  },
  NOT_OF_CRON_JOB,
  { name: 'not-the-operator', expression: `!${IS_AN_OPERATOR}` },
];

const PATCH = [
  // It would be refused, if nobody suspends it.
  `(${IS_QUEUED}) && !variables.suspended ? [] :`,
  mapUnless(`has(${TEMPLATE}.metadata)`, '/spec/template/metadata'),
  mapUnless(`${TEMPLATE}.?metadata.?labels.hasValue()`, '/spec/template/metadata/labels'),
  `[${add(keyIn('/spec/template/metadata/labels', REQUIRE_LABEL), 'variables.required')}] +`,
  mapUnless('has(object.metadata.annotations)', '/metadata/annotations'),
  `[${add(keyIn('/metadata/annotations', START_ANNOTATION), 'variables.wanted')}] +`,
  `(variables.wanted == '${START_SUSPENDED}' && !variables.suspended ? [${add("'/spec/suspend'", 'true')}] : [])`,
].join('\n');
