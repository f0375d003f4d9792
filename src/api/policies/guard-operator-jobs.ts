import {
  GATE_ANNOTATION_PREFIX,
  REMOVED,
  START_ANNOTATION,
  START_RELEASED,
  START_SUSPENDED,
  START_WAITING,
} from '../names.ts';
import { confining, OTHERS_CHANGES } from './guard-operator.ts';
import { isSuspended, startOf } from './hold-job.ts';
import { type Admission, onWorkload } from './policy.ts';
import { BOOKKEEPING, isOneOf, orElse, unchanged } from './unchanged.ts';

/** Of Jobs the operator resumes those that admission has suspended for it, once. */
export function guardOperatorJobs(): Admission {
  return confining(
    'operator-jobs',
    `Whoever holds the token of the operator changes nothing of a Job but that it resumes one, once, which admission has\nsuspended, with the annotation ${START_ANNOTATION}, and that it notes in its template which gates are gone.`,
    {
      matchConstraints: { resourceRules: [onWorkload('Job', 'UPDATE')] },
      validations: [
        {
          expression: [...START, ...REST].map((condition) => `(${condition})`).join(' && '),
          message: `the operator changes nothing of a Job but the suspension of one that is annotated ${START_ANNOTATION}: ${START_SUSPENDED}: ${OTHERS_CHANGES}`,
          reason: 'Forbidden',
        },
      ],
    },
  );
}

const WAS_OURS = `${startOf('oldObject')} == '${START_SUSPENDED}'`;
const IS_RELEASED = `${startOf('object')} == '${START_RELEASED}'`;

/** CEL: the mark goes on, or stays, and only what admission has suspended is resumed, with the mark: so it is once. */
const START = [
  `${isSuspended('oldObject')} && ${startOf('oldObject')} in ['${START_SUSPENDED}', '${START_WAITING}', '${START_RELEASED}']`,
  `${IS_RELEASED} || ${startOf('object')} == ${startOf('oldObject')}`,
  `${isSuspended('object')} || (${WAS_OURS} && ${IS_RELEASED})`,
];

const annotations = (object: string) => orElse(`${object}.metadata`, 'annotations', '{}');
// Of its type no map could stand for metadata that is missing.
const template = (object: string) => `dyn(${object}.spec.template)`;
const metadata = (object: string) => orElse(template(object), 'metadata', '{}');
const notes = (object: string) => `${template(object)}.?metadata.?annotations.orValue({})`;
const both = (of: (object: string) => string) => [of('object'), of('oldObject')] as const;

/** CEL: in the template gates may be noted as gone, whose annotations were not there. */
const IS_NOTED = `k.startsWith('${GATE_ANNOTATION_PREFIX}') && !(k in dyn(${notes('oldObject')})) && dyn(${notes('object')})[k] == '${REMOVED}'`;

const REST = [
  unchanged(...both((object) => `${object}.metadata`), isOneOf(...BOOKKEEPING, 'annotations')),
  unchanged(...both(annotations), isOneOf(START_ANNOTATION)),
  unchanged(...both((object) => `${object}.spec`), isOneOf('suspend', 'template')),
  unchanged(...both(template), isOneOf('metadata')),
  unchanged(...both(metadata), isOneOf('annotations')),
  unchanged(...both(notes), `(${IS_NOTED})`),
];
