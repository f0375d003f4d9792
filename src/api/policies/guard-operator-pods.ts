import {
  ALL_DEPENDENCIES,
  CONTAINER_PREFIX,
  CONTAINER_SEPARATOR,
  GROUP,
  HOLD_GATE,
  KIND,
  OPEN_ANNOTATION_PREFIX,
  OPEN_KEY_FLAG,
  OPENED_AGAIN_ANNOTATION,
  PLURAL,
  REQUIRE_LABEL,
  VERSION,
} from '../names.ts';
import { confining, isOwned, OTHERS_CHANGES, onReplicaSets } from './guard-operator.ts';
import { lackingGates } from './hold-policy.ts';
import { type Admission, onPods, onWorkload } from './policy.ts';
import { BOOKKEEPING, isOneOf, orElse, unchanged } from './unchanged.ts';

/** CEL: the container `c` has the name of one of ours. */
export const IS_OURS = `c.name.startsWith('${CONTAINER_PREFIX}') && c.name.substring(${CONTAINER_PREFIX.length}).contains('${CONTAINER_SEPARATOR}')`;

/** CEL: the container that the annotation `k` is for has the name `c.name`. */
const IS_ALONE = `c.name == '${CONTAINER_PREFIX}' + k.substring(${OPEN_ANNOTATION_PREFIX.length}).replace('.', '${CONTAINER_SEPARATOR}', 1)`;
/** CEL: the container `c` is the one that a gate's dependencies share, and says itself that the annotation `k` opens one of them. */
const IS_SHARED = `has(c.args) && ('${OPEN_KEY_FLAG}' + k) in c.args && c.name == '${CONTAINER_PREFIX}' + k.substring(${OPEN_ANNOTATION_PREFIX.length}).split('.')[0] + '${CONTAINER_SEPARATOR}${ALL_DEPENDENCIES}'`;
/** CEL: the annotation `k` opens a container that the Pod has. */
const OPENS = `(k.startsWith('${OPEN_ANNOTATION_PREFIX}') && variables.containers.exists(c, ${IS_ALONE} || (${IS_SHARED})))`;

const schedulingGates = (pod: string) => orElse(`dyn(${pod}).spec`, 'schedulingGates', '[]');
/** CEL: whether a Pod is held, and the scheduling gates that others have put there. */
const holds = (pod: string) => `${schedulingGates(pod)}.exists(g, g.name == '${HOLD_GATE}')`;
const others = (pod: string) => `${schedulingGates(pod)}.filter(g, g.name != '${HOLD_GATE}')`;
/** CEL: a Pod is held no more that a Job has made. */
const IS_LET_GO = `(!${holds('object')} && ${isOwned('oldObject', ['Job'])})`;

/** What the operator may write of Pods: the openings of their containers. */
export function guardOperatorPods(): Admission {
  const annotations = (object: string) => orElse(`${object}.metadata`, 'annotations', '{}');
  const isOnlyOpening = [
    unchanged('object.spec', 'oldObject.spec', isOneOf('schedulingGates')),
    `${others('object')} == ${others('oldObject')} && (${holds('object')} == ${holds('oldObject')} || ${IS_LET_GO})`,
    unchanged('object.metadata', 'oldObject.metadata', isOneOf(...BOOKKEEPING, 'annotations')),
    unchanged(
      annotations('object'),
      annotations('oldObject'),
      `k == '${OPENED_AGAIN_ANNOTATION}' || ${OPENS}`,
    ),
  ];
  return confining(
    'operator-pods',
    'Whoever holds the token of the operator changes nothing of a Pod but the annotations that open its waiting containers,\nand the scheduling gate of one that a Job has made; and of no Pod that is not of a workload.',
    {
      matchConstraints: {
        resourceRules: [onPods('UPDATE')],
      },
      variables: [{ name: 'containers', expression: orElse('oldObject.spec', 'initContainers', '[]') }],
      validations: [
        {
          expression: isOwned('oldObject'),
          message: 'the operator opens Pods of workloads only',
          reason: 'Forbidden',
        },
        {
          expression: isOnlyOpening.join(' && '),
          message: `the operator changes nothing of a Pod but the annotations ${OPEN_ANNOTATION_PREFIX} of containers that it has, and the hold of a Job's: ${OTHERS_CHANGES}`,
          reason: 'Forbidden',
        },
      ],
    },
  );
}

/**
 * Which Pods the operator lets go. A policy of its own, since it has each gate as its parameter: where these are not to be
 * had, openings go on.
 */
export function guardOperatorHolds(): Admission {
  return confining(
    'operator-holds',
    'Whoever holds the token of the operator lets no Pod go that is held for a gate which exists.',
    {
      paramKind: { apiVersion: `${GROUP}/${VERSION}`, kind: KIND },
      matchConstraints: { resourceRules: [onPods('UPDATE')] },
      variables: [
        { name: 'letGo', expression: `${holds('oldObject')} && !${holds('object')}` },
        {
          name: 'lacking',
          expression: lackingGates(
            `object.metadata.?labels[?'${REQUIRE_LABEL}'].orValue('')`,
            'object.metadata.?annotations.orValue({})',
          ),
        },
      ],
      validations: [
        {
          expression:
            '!variables.letGo || !(params.metadata.name in variables.lacking) || has(params.metadata.deletionTimestamp)',
          messageExpression:
            "'the operator lets no Pod go that is held for a gate which exists, as ' + params.metadata.name + ' does'",
          reason: 'Forbidden',
        },
      ],
    },
  );
}

/** What the operator may delete: what has never started, and is made anew by what owns it. */
export function guardOperatorDeletions(): Admission {
  const isHeld = `${orElse('variables.was.spec', 'schedulingGates', '[]')}.exists(g, g.name == '${HOLD_GATE}')`;
  return confining(
    'operator-deletions',
    'Whoever holds the token of the operator deletes only what has never started and is made anew: Pods of workloads that are\nheld or wait in a gate.',
    {
      matchConstraints: {
        resourceRules: [
          onPods('DELETE'),
          { apiGroups: [GROUP], apiVersions: ['*'], resources: [PLURAL], operations: ['DELETE'] },
          onReplicaSets('replicasets', 'DELETE'),
          onWorkload('Deployment', 'DELETE'),
          onWorkload('StatefulSet', 'DELETE'),
          onWorkload('DaemonSet', 'DELETE'),
          onWorkload('Job', 'DELETE'),
          onWorkload('CronJob', 'DELETE'),
        ],
      },
      variables: [
        // Not every kind has the fields of a Pod.
        { name: 'was', expression: 'dyn(oldObject)' },
        { name: 'status', expression: 'variables.was.?status.orValue({})' },
        { name: 'containers', expression: orElse('variables.was.spec', 'initContainers', '[]') },
        {
          name: 'passed',
          expression: `${orElse('variables.status', 'initContainerStatuses', '[]')}.filter(s, s.?state.?terminated.?exitCode.orValue(1) == 0).map(s, s.name)`,
        },
        {
          name: 'waits',
          expression: `variables.containers.exists(c, ${IS_OURS} && !(c.name in variables.passed)) && !${orElse('variables.status', 'containerStatuses', '[]')}.exists(s, has(s.state) && has(s.state.running))`,
        },
      ],
      validations: [
        {
          expression: `request.resource.resource == 'pods' && ${isOwned('variables.was')} && (${isHeld} || variables.waits)`,
          message: 'the operator deletes only Pods of workloads that are held or wait in a gate',
          reason: 'Forbidden',
        },
      ],
    },
  );
}
