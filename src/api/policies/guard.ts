import { GROUP, PLURAL } from '../names.ts';
import { TARGET_RESOURCES, type TargetResource } from '../target-resources.ts';
import {
  type Admission,
  type Expression,
  knowsOperator,
  OPERATOR,
  type Operation,
  validating,
} from './policy.ts';
import { kindOf } from './workloads.ts';

/** A gate has so many targets at most. */
export const MAX_GUARDED_TARGETS = 16;

/**
 * Kubernetes' own controllers that delete gates for somebody else, who was allowed to delete their namespace or owner.
 * Where they have no ServiceAccounts of their own they are all the controller manager.
 */
const CLUSTER_USERS = [
  'system:serviceaccount:kube-system:namespace-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
  'system:kube-controller-manager',
];

const SAME_TARGET = `t.name == n.name && ${kindOf('t')} == ${kindOf('n')}`;

/** CEL: whether an update changes a list in the metadata. */
const isOther = (list: string) =>
  `object.metadata.?${list}.orValue([]) != oldObject.metadata.?${list}.orValue([])`;

/**
 * Nobody gains permissions through a gate: whoever creates one, or changes its spec, must be allowed to patch each of its
 * targets. Permissions on single names count. What patching cannot do is asked for besides: a Job's template never
 * changes, and a gate puts containers into it when somebody else creates it, so a Job takes the right to create Jobs.
 * No more is asked for Secrets that its containers read, since the template of a workload may read them too.
 *
 * A validation asks for one target, so that its message can name it: messages see no authorizer. A question costs
 * 350,000 of the 10,000,000 that a policy may spend; for 16 old and 16 new targets that is too much, so the targets that
 * an update takes out are a second policy's.
 */
export function guard(): Admission {
  return guarding({
    name: 'guard',
    about:
      'Only who may patch each of its targets, and create Jobs where one is a Job, may create a gate or change its spec.',
    operations: ['CREATE', 'UPDATE'],
    // The operator writes the finalizer, and anybody may write labels.
    conditions: [CHANGED],
    gate: 'object',
    targets: 'object.spec.targets',
    who: 'a target of',
  });
}

/** The targets that an update takes out of the gate: they lose its containers. */
export function guardOld(): Admission {
  return guarding({
    name: 'guard-old',
    about:
      'Only who may patch a target may take it out of a gate. A policy of its own for the cost limit of one.',
    operations: ['UPDATE'],
    conditions: [CHANGED],
    gate: 'object',
    targets: `oldObject.spec.targets.filter(t, !object.spec.targets.exists(n, ${SAME_TARGET}))`,
    who: 'to be taken out of',
  });
}

/**
 * A gate that goes changes its targets as one that comes: they lose its containers, and their Pods are opened or deleted.
 * An owner that does not exist has the garbage collector delete the gate; without its finalizer, or with somebody else's,
 * it goes too early or never.
 */
export function guardRemoval(): Admission {
  const policy = guarding({
    name: 'guard-removal',
    about:
      'Only who may patch each of its targets may delete a gate, or change what its deletion hangs on: owners and finalizers.',
    operations: ['UPDATE', 'DELETE'],
    conditions: [
      {
        name: 'removal',
        expression: `request.operation == 'DELETE' || ${isOther('ownerReferences')} || ${isOther('finalizers')}`,
      },
      { name: 'not-the-operator', expression: `request.userInfo.username != ${OPERATOR}` },
      {
        name: 'not-the-cluster',
        expression: `!(request.userInfo.username in [${CLUSTER_USERS.map((user) => `'${user}'`).join(', ')}])`,
      },
    ],
    gate: 'oldObject',
    targets: 'oldObject.spec.targets',
    who: 'to be let go by',
  });
  // Without an operator nothing follows from a deletion; and whoever removes both in the wrong order can still do it.
  return knowsOperator('Allow', policy);
}

/** CEL: the gate is new, or its spec is. */
export const CHANGED: Expression = {
  name: 'changed',
  expression: 'oldObject == null || object.spec != oldObject.spec',
};

interface Guarding {
  readonly name: string;
  readonly about: string;
  readonly operations: readonly Operation[];
  readonly conditions: readonly Expression[];
  /** CEL: the gate as it is to be, or was. */
  readonly gate: 'object' | 'oldObject';
  /** CEL: the targets. */
  readonly targets: string;
  /** What a target is to the gate, for the message. */
  readonly who: string;
}

function guarding({ name, about, operations, conditions, gate, targets, who }: Guarding): Admission {
  const rule = 'a gate is written and deleted by who may patch each of its targets';
  return validating(name, about, {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [{ apiGroups: [GROUP], apiVersions: ['*'], resources: [PLURAL], operations }],
    },
    matchConditions: conditions,
    variables: [
      table('groups', ({ group }) => group),
      table('resources', ({ plural }) => plural),
      {
        name: 'targets',
        expression: `${targets}.map(t, {'group': variables.groups[${kindOf('t')}], 'resource': variables.resources[${kindOf('t')}], 'name': string(t.name)})`,
      },
      // In RBAC's words: user "jane" cannot patch deployments.apps "pinger" in namespace "shop".
      { name: 'user', expression: `'user "' + request.userInfo.username + '" cannot '` },
      { name: 'gate', expression: `' gate ' + ${gate}.metadata.name + ': '` },
      {
        name: 'denials',
        expression: `variables.targets.map(t, variables.user + 'patch ' + t.resource + '.' + t.group + ' "' + t.name + '" in namespace "' + request.namespace + '", ${who}' + variables.gate + '${rule}')`,
      },
    ],
    validations: [
      ...Array.from({ length: MAX_GUARDED_TARGETS }, (_, index) => ({
        expression: `size(variables.targets) <= ${index} || ${mayPatch(`variables.targets[${index}]`)}`,
        messageExpression: `variables.denials[${index}]`,
        reason: 'Forbidden' as const,
      })),
      {
        expression: `!variables.targets.exists(t, t.resource == '${JOBS.plural}') || ${MAY_CREATE_JOBS}`,
        messageExpression: `variables.user + 'create ${JOBS.plural}.${JOBS.group} in namespace "' + request.namespace + '", some ${who}' + variables.gate + '${rule}, and create Jobs where one is a Job'`,
        reason: 'Forbidden',
      },
    ],
  });
}

/** A CEL map from kinds. */
function table(name: string, of: (resource: TargetResource) => string): Expression {
  const pairs = Object.entries(TARGET_RESOURCES).map(([kind, resource]) => `'${kind}': '${of(resource)}'`);
  return { name, expression: `{${pairs.join(', ')}}` };
}

function mayPatch(target: string): string {
  return `authorizer.group(${target}.group).resource(${target}.resource).namespace(request.namespace).name(${target}.name).check('patch').allowed()`;
}

const JOBS = TARGET_RESOURCES.Job;

/** As the API server asks of who creates one: it has no name yet. */
const MAY_CREATE_JOBS = `authorizer.group('${JOBS.group}').resource('${JOBS.plural}').namespace(request.namespace).check('create').allowed()`;
