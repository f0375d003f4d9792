import {
  API_VERSION,
  CONTAINER_PREFIX,
  CONTAINER_SEPARATOR,
  GATE_ANNOTATION_PREFIX,
  GATED_LABEL,
  KIND,
  MAX_GATE_CONTAINERS,
  OPERATOR_USER,
  TARGET_ANNOTATION,
  VOLUME_NAME,
} from '../names.ts';
import type { Expression, MatchConstraints, MutatingSpec } from './policy.ts';
import { kindOf } from './workloads.ts';

/**
 * How admission places a gate's stored render into a Pod template: what `inject` of the core does, said in CEL. The two
 * must agree in every detail, and the cluster's tests put the same templates and renders through both.
 *
 * The API server evaluates it once for each gate of the namespace, in random order, and each time sees what the times
 * before made of the object; so places come from the gates' names and never from the order of evaluation.
 *
 * An error stores the workload as it came, and says nothing but in the API server's metrics (failurePolicy Ignore): a
 * broken gate must not keep its targets from being deployed, and the operator mends a target that lacks its render.
 * Hence `has()` before every field that may be missing.
 *
 * @param path the template's place: `spec.template`
 */
export function placement(path: string, matchConstraints: MatchConstraints): MutatingSpec {
  return {
    paramKind: { apiVersion: API_VERSION, kind: KIND },
    failurePolicy: 'Ignore',
    reinvocationPolicy: 'Never',
    matchConstraints,
    matchConditions: conditions(path),
    variables: variables(path),
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: patch(path) } }],
  };
}

function conditions(path: string): Expression[] {
  return [
    {
      name: 'targeted',
      expression: `has(object.metadata.name) && params.spec.targets.exists(t,\nt.name == object.metadata.name && ${kindOf('t')} == object.kind)`,
    },
    {
      name: 'rendered',
      expression:
        'has(params.status) && has(params.status.render) && !has(params.metadata.deletionTimestamp)',
    },
    { name: 'alive', expression: '!has(object.metadata.deletionTimestamp)' },
    // A gate in the API server's cache may be older than the one that the operator's patch was made from.
    { name: 'not-the-operator', expression: `request.userInfo.username != '${OPERATOR_USER}'` },
    {
      name: 'rollout',
      expression: `!has(params.spec.updatePolicy) || params.spec.updatePolicy != 'OnNextRollout' ||\noldObject == null || object.${path} != oldObject.${path}`,
    },
  ];
}

/** CEL: whether a container is one of a gate's, and of which: `containerOwner`. */
const isGates = (container: string) =>
  `${container}.name.matches('^${CONTAINER_PREFIX}.*${CONTAINER_SEPARATOR}')`;
const gateOf = (container: string) =>
  `${container}.name.substring(${CONTAINER_PREFIX.length}, ${container}.name.indexOf('${CONTAINER_SEPARATOR}', ${CONTAINER_PREFIX.length}))`;

function variables(path: string): Expression[] {
  const expressions: Readonly<Record<string, string>> = {
    template: `object.${path}`,
    target: "object.kind + '/' + object.metadata.name",
    key: `'${GATE_ANNOTATION_PREFIX}' + params.metadata.name`,
    render: 'params.status.render',
    live: orEmpty('variables.template.spec.initContainers', '[]'),
    volumes: orEmpty('variables.template.spec.volumes', '[]'),
    annotations: orEmpty('variables.template.metadata.annotations', '{}'),
    labels: orEmpty('variables.template.metadata.labels', '{}'),
    // The containers of all gates, ours as rendered now: sorted by gate, and inside a gate in the order that they have.
    gates: `dyn(variables.live.filter(c, ${isGates('c')} && ${gateOf('c')} != params.metadata.name)) +\ndyn(variables.render.initContainers)`,
    sorted: `variables.gates.map(c, ${gateOf('c')}).distinct().sort()\n.map(g, variables.gates.filter(c, ${gateOf('c')} == g)).flatten()`,
    wanted: `variables.sorted + dyn(variables.live.filter(c, !(${isGates('c')})))`,
    hasVolume: `variables.volumes.exists(v, v.name == '${VOLUME_NAME}')`,
    // What the operator says in the gate's status: a volume of the user's under our name, and too many containers.
    isObstructed: `variables.volumes.exists(v, v.name == '${VOLUME_NAME}' && !has(v.downwardAPI)) ||\nsize(variables.gates) > ${MAX_GATE_CONTAINERS}`,
    // Contents of containers are not compared: the API server defaults fields, and others may rewrite images.
    isCurrent: [
      'variables.hasVolume',
      "variables.annotations[?variables.key].orValue('') == variables.render.hash",
      `variables.annotations[?'${TARGET_ANNOTATION}'].orValue('') == variables.target`,
      `variables.labels[?'${GATED_LABEL}'].orValue('') == 'true'`,
      'variables.wanted.map(c, c.name) == variables.live.map(c, c.name)',
    ].join(' &&\n'),
  };
  return Object.entries(expressions).map(([name, expression]) => ({ name, expression }));
}

function orEmpty(field: string, empty: '[]' | '{}'): string {
  return `has(${field}) ? ${field} : ${empty}`;
}

/** An `add` into a map that is missing fails: an empty one is put there first. */
function patch(path: string): string {
  const pointer = `/${path.replaceAll('.', '/')}`;
  const add = (place: string, value: string) => `JSONPatch{op: 'add', path: ${place}, value: ${value}}`;
  const key = (map: string, name: string) => `'${pointer}/metadata/${map}/' + jsonpatch.escapeKey(${name})`;
  const unless = (condition: string, ...operation: [string, string]) =>
    `(${condition} ? [] : [${add(...operation)}])`;
  return [
    'variables.isObstructed || variables.isCurrent ? [] :',
    `[${add(`'${pointer}/spec/initContainers'`, 'variables.wanted')}] +`,
    `${unless('variables.hasVolume', `'${pointer}/spec/volumes'`, 'dyn(variables.volumes) + dyn(variables.render.volumes)')} +`,
    `${unless('size(variables.annotations) > 0', `'${pointer}/metadata/annotations'`, '{}')} +`,
    `${unless('size(variables.labels) > 0', `'${pointer}/metadata/labels'`, '{}')} +`,
    '[',
    `  ${add(key('annotations', 'variables.key'), 'variables.render.hash')},`,
    `  ${add(key('annotations', `'${TARGET_ANNOTATION}'`), 'variables.target')},`,
    `  ${add(key('labels', `'${GATED_LABEL}'`), "'true'")}`,
    ']',
  ].join('\n');
}
