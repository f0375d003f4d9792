import { GROUP, PLURAL } from '../names.ts';
import { TARGET_RESOURCES } from '../target-resources.ts';
import { CHANGED } from './guard.ts';
import { type Admission, validating } from './policy.ts';

/** A gate has so many dependencies at most. */
export const MAX_GUARDED_DEPENDENCIES = 16;

/** `<group>/<Kind>` of what the operator may read with no more than what we ship, and its plural. */
export const READABLE_KINDS: Readonly<Record<string, string>> = {
  '/Pod': 'pods',
  '/Service': 'services',
  '/PersistentVolumeClaim': 'persistentvolumeclaims',
  'discovery.k8s.io/EndpointSlice': 'endpointslices',
  'apps/ReplicaSet': 'replicasets',
  ...Object.fromEntries(
    Object.entries(TARGET_RESOURCES).map(([kind, { group, plural }]) => [`${group}/${kind}`, plural]),
  ),
};

/**
 * Nobody reads through a gate what they may not read: its status says of a `resource` whether it is there and ready, and
 * an expression can ask anything. Who names an object must be allowed to get it, who selects some by labels to list all. The kinds are those that the operator reads anyway; for any other somebody has decided
 * that authors of gates may know, by the label of a ClusterRole. A dependency that stays as it is tells its author
 * nothing new, and is not asked for.
 */
export function guardReads(): Admission {
  const table = Object.entries(READABLE_KINDS).map(([kind, plural]) => `'${kind}': '${plural}'`);
  return validating(
    'guard-reads',
    'Only who may get the object that a dependency names, or list those that it selects, may have the operator evaluate it:\nwhat the status says of it is read by them. A policy of its own for the cost limit of one.',
    {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          { apiGroups: [GROUP], apiVersions: ['*'], resources: [PLURAL], operations: ['CREATE', 'UPDATE'] },
        ],
      },
      matchConditions: [CHANGED],
      variables: [
        { name: 'resources', expression: `{${table.join(', ')}}` },
        {
          name: 'changed',
          expression:
            'object.spec.dependencies.filter(d, oldObject == null || !oldObject.spec.dependencies.exists(o, o == d))',
        },
        {
          name: 'named',
          expression: `variables.changed.filter(d, has(d.resource)).map(d, {'group': ${groupOf('d.resource')}, 'kind': string(d.resource.kind), 'name': has(d.resource.name) ? string(d.resource.name) : '', 'verb': has(d.resource.name) ? 'get' : 'list'})`,
        },
        {
          name: 'objects',
          expression: `variables.named.filter(n, (n.group + '/' + n.kind) in variables.resources).map(n, {'group': n.group, 'resource': variables.resources[n.group + '/' + n.kind], 'name': n.name, 'verb': n.verb}) + variables.changed.filter(d, has(d.gate)).map(d, {'group': '${GROUP}', 'resource': '${PLURAL}', 'name': string(d.gate.name), 'verb': 'get'})`,
        },
        {
          name: 'denials',
          expression: `variables.objects.map(o, 'user "' + request.userInfo.username + '" cannot ' + o.verb + ' ' + o.resource + (o.group == '' ? '' : '.' + o.group) + (o.name == '' ? '' : ' "' + o.name + '"') + ' in namespace "' + request.namespace + '", a dependency of gate ' + object.metadata.name + ': what the gate tells of an object is for who may read it')`,
        },
      ],
      validations: Array.from({ length: MAX_GUARDED_DEPENDENCIES }, (_, index) => ({
        expression: `size(variables.objects) <= ${index} || ${mayRead(`variables.objects[${index}]`)}`,
        messageExpression: `variables.denials[${index}]`,
        reason: 'Forbidden',
      })),
    },
  );
}

/** CEL: the group of a `group/version`, which the core group leaves out. */
function groupOf(resource: string): string {
  const version = `${resource}.apiVersion`;
  return `(${version}.contains('/') ? ${version}.split('/')[0] : '')`;
}

/** Without a name the question is for all objects of the kind. */
function mayRead(object: string): string {
  return `authorizer.group(${object}.group).resource(${object}.resource).namespace(request.namespace).name(${object}.name).check(${object}.verb).allowed()`;
}
