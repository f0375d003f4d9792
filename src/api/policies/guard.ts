import { GROUP, PLURAL } from '../names.ts';
import { TARGET_RESOURCES, type TargetResource } from '../target-resources.ts';
import { type Admission, type Expression, type Operation, validating } from './policy.ts';
import { kindOf } from './workloads.ts';

/** A gate has so many targets at most. */
export const MAX_GUARDED_TARGETS = 16;

const SAME_TARGET = `t.name == n.name && ${kindOf('t')} == ${kindOf('n')}`;

/**
 * Nobody gains permissions through a gate: whoever creates one, or changes its spec, must be allowed to patch each of its
 * targets. Permissions on single names count.
 *
 * A validation asks for one target, so that its message can name it: messages see no authorizer. A question costs
 * 350,000 of the 10,000,000 that a policy may spend; for 16 old and 16 new targets that is too much, so the targets that
 * an update takes out are a second policy's.
 */
export function guard(): Admission {
  return guarding({
    name: 'guard',
    about: 'Only who may patch each of its targets may create a gate or change its spec.',
    operations: ['CREATE', 'UPDATE'],
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
    targets: `oldObject.spec.targets.filter(t, !object.spec.targets.exists(n, ${SAME_TARGET}))`,
    who: 'to be taken out of',
  });
}

interface Guarding {
  readonly name: string;
  readonly about: string;
  readonly operations: readonly Operation[];
  /** CEL: the targets. */
  readonly targets: string;
  /** What a target is to the gate, for the message. */
  readonly who: string;
}

function guarding({ name, about, operations, targets, who }: Guarding): Admission {
  return validating(name, about, {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [{ apiGroups: [GROUP], apiVersions: ['*'], resources: [PLURAL], operations }],
    },
    // The operator writes the finalizer, and anybody may write labels.
    matchConditions: [{ name: 'changed', expression: 'oldObject == null || object.spec != oldObject.spec' }],
    variables: [
      table('groups', ({ group }) => group),
      table('resources', ({ plural }) => plural),
      {
        name: 'targets',
        expression: `${targets}.map(t, {'group': variables.groups[${kindOf('t')}], 'resource': variables.resources[${kindOf('t')}], 'name': string(t.name)})`,
      },
      // In RBAC's words: user "jane" cannot patch deployments.apps "pinger" in namespace "shop".
      {
        name: 'denials',
        expression: `variables.targets.map(t, 'user "' + request.userInfo.username + '" cannot patch ' + t.resource + '.' + t.group + ' "' + t.name + '" in namespace "' + request.namespace + '", ${who} gate ' + object.metadata.name + ': a gate is written by who may patch each of its targets')`,
      },
    ],
    validations: Array.from({ length: MAX_GUARDED_TARGETS }, (_, index) => ({
      expression: `size(variables.targets) <= ${index} || ${mayPatch(`variables.targets[${index}]`)}`,
      messageExpression: `variables.denials[${index}]`,
      reason: 'Forbidden',
    })),
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
