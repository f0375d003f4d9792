import { GATE_ANNOTATION_PREFIX, REQUIRE_LABEL, START_ANNOTATION, START_SUSPENDED } from '../names.ts';
import { isSuspended, startOf } from './hold-job.ts';
import { add, keyIn, mapUnless } from './json-patch-cel.ts';
import { type Admission, IS_AN_OPERATOR, mutating, onWorkload } from './policy.ts';

const requiredOf = (job: string) => `${job}.spec.template.?metadata.?labels[?'${REQUIRE_LABEL}'].orValue('')`;
const annotationsOf = (job: string) => `${job}.spec.template.?metadata.?annotations.orValue({})`;

/**
 * Keeps what admission has written into a Job, where it is replaced as a whole by a manifest that knows nothing of it, as by
 * `kubectl replace`: it would start without its gate, or be refused since a template never changes. Who takes the label off
 * leaves the annotation on, and is left alone.
 */
export function keepRequired(): Admission {
  const about = `Keeps the label ${REQUIRE_LABEL} in the template of a Job that is replaced by its manifest, where admission has\nannotated it. Taking off the label and not the annotation ${START_ANNOTATION} has the Job start without its gates.`;
  return mutating('keep-required', about, {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchConstraints: { resourceRules: [onWorkload('Job', 'UPDATE')] },
    matchConditions: [
      { name: 'annotated', expression: `${startOf('oldObject')} != '' && ${startOf('object')} == ''` },
      {
        name: 'required',
        expression: `${requiredOf('oldObject')} != '' && ${requiredOf('object')} != ${requiredOf('oldObject')}`,
      },
      { name: 'not-the-operator', expression: `!${IS_AN_OPERATOR}` },
    ],
    variables: [
      { name: 'start', expression: startOf('oldObject') },
      { name: 'label', expression: requiredOf('oldObject') },
      { name: 'before', expression: annotationsOf('oldObject') },
      { name: 'now', expression: annotationsOf('object') },
      // Of gates that are gone, which the operator has noted.
      {
        name: 'notes',
        expression: `variables.before.filter(k, k.startsWith('${GATE_ANNOTATION_PREFIX}') && !(k in variables.now))`,
      },
    ],
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: PATCH } }],
  });
}

const METADATA = 'object.spec.template.?metadata';

const PATCH = [
  mapUnless('has(object.spec.template.metadata)', '/spec/template/metadata'),
  mapUnless(`${METADATA}.?labels.hasValue()`, '/spec/template/metadata/labels'),
  `[${add(keyIn('/spec/template/metadata/labels', REQUIRE_LABEL), 'variables.label')}] +`,
  mapUnless(
    `size(variables.notes) == 0 || ${METADATA}.?annotations.hasValue()`,
    '/spec/template/metadata/annotations',
  ),
  `variables.notes.map(k, ${add(`'/spec/template/metadata/annotations/' + jsonpatch.escapeKey(k)`, 'string(variables.before[k])')}) +`,
  mapUnless('has(object.metadata.annotations)', '/metadata/annotations'),
  `[${add(keyIn('/metadata/annotations', START_ANNOTATION), 'variables.start')}] +`,
  `(${isSuspended('oldObject')} && variables.start == '${START_SUSPENDED}' ? [${add("'/spec/suspend'", 'true')}] : [])`,
].join('\n');
