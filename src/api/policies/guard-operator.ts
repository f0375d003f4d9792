import { FINALIZER, GROUP, PLURAL, TEMPLATE_HASH_LABEL } from '../names.ts';
import {
  type Admission,
  type Expression,
  IS_AN_OPERATOR,
  type Operation,
  onPods,
  onWorkload,
  type ResourceRule,
  type ValidatingSpec,
  validating,
} from './policy.ts';
import { BOOKKEEPING, isOneOf, orElse, unchanged } from './unchanged.ts';

/** CEL: as an operator writes it. Everybody else's requests are no business of these policies. */
const BY_AN_OPERATOR: Expression = { name: 'the-operator', expression: IS_AN_OPERATOR };

/** A policy about the requests of operators. */
export function confining(
  name: string,
  about: string,
  spec: Omit<ValidatingSpec, 'matchConditions' | 'failurePolicy'>,
): Admission {
  const { matchConstraints, ...rest } = spec;
  return validating(name, about, {
    failurePolicy: 'Fail',
    matchConstraints,
    matchConditions: [BY_AN_OPERATOR],
    ...rest,
  });
}

/** What to do where it is not the operator that changes more. */
export const OTHERS_CHANGES =
  'where a mutating webhook or policy changes more as the operator writes, exempt the operator from it';

/** The kinds that Pods are owned by, which the operator may reach. */
const OWNERS = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'];

/** A rule for ReplicaSets, or a part of them. */
export function onReplicaSets(resource: string, ...operations: Operation[]): ResourceRule {
  return { apiGroups: ['apps'], apiVersions: ['v1'], resources: [resource], operations };
}

/** CEL: the object is a Pod that a workload owns, of one of these kinds. */
export function isOwned(pod: string, owners: readonly string[] = OWNERS): string {
  const kinds = owners.map((kind) => `'${kind}'`).join(', ');
  return `${orElse(`${pod}.metadata`, 'ownerReferences', '[]')}.exists(o, o.?controller.orValue(false) && o.kind in [${kinds}])`;
}

/** What the operator may write of gates besides their status: its own finalizer. */
export function guardOperatorGates(): Admission {
  const finalizers = (object: string) =>
    `${orElse(`${object}.metadata`, 'finalizers', '[]')}.filter(f, f != '${FINALIZER}')`;
  const isOnlyFinalizer = [
    'object.spec == oldObject.spec',
    unchanged('object.metadata', 'oldObject.metadata', isOneOf(...BOOKKEEPING, 'finalizers')),
    `${finalizers('object')} == ${finalizers('oldObject')}`,
  ];
  return confining(
    'operator-gates',
    'Whoever holds the token of the operator changes nothing of a gate but its status and the one finalizer.',
    {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [GROUP], apiVersions: ['*'], resources: [PLURAL], operations: ['CREATE', 'UPDATE'] },
        ],
      },
      validations: [
        {
          expression: `request.operation == 'UPDATE' && ${isOnlyFinalizer.join(' && ')}`,
          message: `the operator changes nothing of a gate but its status and the finalizer ${FINALIZER}: ${OTHERS_CHANGES}`,
          reason: 'Forbidden',
        },
      ],
    },
  );
}

/** What the operator may write of workloads and Pods by creating one: nothing. ReplicaSets it scales, and no more. */
export function guardOperatorCreations(): Admission {
  return confining(
    'operator-creations',
    'Whoever holds the token of the operator creates no workload and no Pod.',
    {
      matchConstraints: {
        resourceRules: [
          onWorkload('Deployment', 'CREATE'),
          onWorkload('StatefulSet', 'CREATE'),
          onWorkload('DaemonSet', 'CREATE'),
          onWorkload('Job', 'CREATE'),
          onWorkload('CronJob', 'CREATE'),
          onReplicaSets('replicasets', 'CREATE', 'UPDATE'),
          onPods('CREATE'),
        ],
      },
      validations: [
        {
          expression: 'false',
          message:
            'the operator creates no workloads and no Pods, and changes of ReplicaSets their scale only',
          reason: 'Forbidden',
        },
      ],
    },
  );
}

/** The label by which a Deployment tells its ReplicaSets apart: their names are its own and the value. */
const HASH = `${TEMPLATE_HASH_LABEL}=`;

/** CEL: the hashes that a Scale's selector names. It shows neither owners nor labels. */
const HASHES: Expression = {
  name: 'hashes',
  expression: `dyn(oldObject).?status.?selector.orValue('').split(',').filter(s, s.startsWith('${HASH}')).map(s, s.substring(${HASH.length}))`,
};

const ON_SCALES = { resourceRules: [onReplicaSets('replicasets/scale', 'UPDATE')] };

/**
 * How the operator may scale ReplicaSets: to none, and only those of Deployments. Of which ones no policy can tell: with
 * Deployments as its parameter one could, but an API server watches these for it only until the policy is deleted, and not
 * again for another in its place (seen on 1.36.3).
 */
export function guardOperatorScale(): Admission {
  return confining(
    'operator-scale',
    'Whoever holds the token of the operator scales a ReplicaSet to zero only, and none that is of no Deployment.',
    {
      matchConstraints: ON_SCALES,
      variables: [HASHES],
      validations: [
        {
          expression: "variables.hashes.exists(h, object.metadata.name.endsWith('-' + h))",
          message: 'the operator scales only ReplicaSets of Deployments',
          reason: 'Forbidden',
        },
        {
          // Nothing is told of none.
          expression: 'dyn(object).?spec.?replicas.orValue(0) == 0',
          message: 'the operator scales ReplicaSets to zero only',
          reason: 'Forbidden',
        },
      ],
    },
  );
}
