import {
  ANNOTATIONS_PATH,
  API_VERSION,
  CONTAINER_PREFIX,
  CONTAINER_SEPARATOR,
  FINALIZER,
  GATE_ANNOTATION_PREFIX,
  GATED_LABEL,
  KIND,
  MAX_GATE_CONTAINERS,
  TARGET_ANNOTATION,
} from '../names.ts';
import { IS_UNCHANGED, PARTS_OF_IMAGES } from './contents-cel.ts';
import { ARE_RAISED, isGuaranteed, RAISED } from './guaranteed-cel.ts';
import { INHERITING, inheritance, SOURCES } from './inherit-cel.ts';
import { add } from './json-patch-cel.ts';
import { ofEach, positions } from './lists-cel.ts';
import { orderVariables } from './order-cel.ts';
import { type Expression, IS_AN_OPERATOR, type MatchConstraints, type MutatingSpec } from './policy.ts';
import { HAS_PULL_SECRETS, PULL_SECRETS, pullSecretsPatch } from './pull-secrets-cel.ts';
import { IS_RIGHT_SIZE, IS_UNFIT, isSized } from './surroundings-cel.ts';

/**
 * How admission places a gate's stored render into a Pod template, or a Pod: what `inject` of the core does, said in CEL. The two
 * must agree in every detail, and the cluster's tests put the same templates and renders through both.
 *
 * The API server evaluates it once for each gate of the namespace, in random order, and each time sees what the times
 * before made of the object; so places come from the gates' names and never from the order of evaluation.
 *
 * An error stores the workload as it came, and says nothing but in the API server's metrics (failurePolicy Ignore): a
 * broken gate must not keep its targets from being deployed, and the operator fixes a target that lacks its render.
 * Hence `has()` before every field that may be missing.
 *
 */
export function placement(place: Place): MutatingSpec {
  return {
    paramKind: { apiVersion: API_VERSION, kind: KIND },
    failurePolicy: 'Ignore',
    reinvocationPolicy: 'Never',
    matchConstraints: place.matchConstraints,
    matchConditions: conditions(place),
    variables: variables(place),
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: patch(place) } }],
  };
}

/** What renders are placed into, and whose. */
export interface Place {
  readonly matchConstraints: MatchConstraints;
  /** Where the Pod template stands in the object: `spec.template`; empty for a Pod, which is like one. */
  readonly path: string;
  /** CEL: the gate `params` names the object's workload as a target. */
  readonly isTargeted: string;
  /** CEL: that workload, as `<Kind>/<name>`. */
  readonly target: string;
  /** What else must hold. */
  readonly conditions: readonly Expression[];
  /** CEL: patches that are to be made besides, where the render is placed. */
  readonly besides?: string;
}

/** A gate in the API server's cache may be older than the one that the operator's patch was made from. */
const NOT_THE_OPERATOR: Expression = { name: 'not-the-operator', expression: `!${IS_AN_OPERATOR}` };

function conditions({ isTargeted, conditions: others }: Place): Expression[] {
  return [
    { name: 'targeted', expression: isTargeted },
    {
      name: 'rendered',
      expression:
        'has(params.status) && has(params.status.render) && !has(params.metadata.deletionTimestamp)',
    },
    // What nobody would take out again is not put in: the status is stored before the finalizer.
    {
      name: 'kept',
      expression: `has(params.metadata.finalizers) && '${FINALIZER}' in params.metadata.finalizers`,
    },
    { name: 'alive', expression: '!has(object.metadata.deletionTimestamp)' },
    NOT_THE_OPERATOR,
    ...others,
  ];
}

/** In place of a gate's name, for a container of the template's own: no container's name has a slash. */
const OWN = '/';

/** CEL: the gate that the container `n` is of, else `OWN`: `containerOwner`. */
const GATE_OF_NAME = `n.matches('^${CONTAINER_PREFIX}.*${CONTAINER_SEPARATOR}') ? n.substring(${CONTAINER_PREFIX.length}, n.indexOf('${CONTAINER_SEPARATOR}', ${CONTAINER_PREFIX.length})) : '${OWN}'`;

/** CEL: whether the volume `v` with the name of a gate's is one, and not the user's own: `viewTemplate`. */
const IS_GATES_VOLUME = `has(v.projected) && has(v.projected.sources) && v.projected.sources.exists(s,\nhas(s.downwardAPI) && has(s.downwardAPI.items) && s.downwardAPI.items.exists(i, i.path == '${ANNOTATIONS_PATH}'))`;

/**
 * Ours are taken out, the other gates' are sorted in the places that they have, and ours are inserted. No value of a patch is
 * taken from the object: from 1.37 on the API server cannot write parts of it (`unsupported conversion to ref.Val`).
 */
function variables({ path, target }: Place): Expression[] {
  const expressions: Readonly<Record<string, string>> = {
    template: path === '' ? 'object' : `object.${path}`,
    target,
    key: `'${GATE_ANNOTATION_PREFIX}' + params.metadata.name`,
    render: 'params.status.render',
    live: orEmpty('variables.template.spec.initContainers', '[]'),
    volumes: orEmpty('variables.template.spec.volumes', '[]'),
    annotations: orEmpty('variables.template.metadata.annotations', '{}'),
    labels: orEmpty('variables.template.metadata.labels', '{}'),
    own: orEmpty('variables.template.spec.containers', '[]'),
    rendered: 'variables.render.initContainers.map(c, string(c.name))',
    names: 'variables.live.map(c, string(c.name))',
    owners: `variables.names.map(n, ${GATE_OF_NAME})`,
    ...orderVariables(OWN),
    volume: `'${CONTAINER_PREFIX}' + params.metadata.name`,
    volumeNames: 'variables.volumes.map(v, string(v.name))',
    myVolumes: positions('variables.volumeNames', 'variables.volumeNames[i] == variables.volume'),
    otherVolumes: 'variables.volumeNames.filter(n, n != variables.volume)',
    // Before all others, but behind those of gates before this one.
    volumeAt: `(${positions('variables.otherVolumes', `!variables.otherVolumes[i].startsWith('${CONTAINER_PREFIX}') || variables.otherVolumes[i] > variables.volume`)} +\n[size(variables.otherVolumes)])[0]`,
    ...PULL_SECRETS,
    nodeVolumes: 'variables.volumes.filter(v, has(v.hostPath)).map(v, string(v.name))',
    inheriting: INHERITING,
    sources: SOURCES,
    // What the operator says in the gate's status: a volume of the user's under our name, and too many containers.
    isUnfit: IS_UNFIT,
    isObstructed: `variables.isUnfit ||\nvariables.own.exists(c, string(c.name) in variables.rendered) ||\nvariables.volumes.exists(v, v.name == variables.volume && !(${IS_GATES_VOLUME})) ||\nsize(variables.others.filter(o, o != '${OWN}')) + size(variables.rendered) > ${MAX_GATE_CONTAINERS}`,
    hasPodResources: isSized('variables.template.spec.?resources'),
    isGuaranteed: isGuaranteed(OWN),
    raised: RAISED,
    images: `variables.mine.map(i, variables.live[i].?image.orValue(''))${PARTS_OF_IMAGES}`,
    wantedImages: `variables.render.initContainers.map(c, string(c.?image.orValue('')))${PARTS_OF_IMAGES}`,
    isCurrent: [
      // No copies are compared: they are made anew.
      'size(variables.inheriting) == 0',
      'size(variables.myVolumes) > 0',
      "variables.annotations[?variables.key].orValue('') == variables.render.hash",
      `variables.annotations[?'${TARGET_ANNOTATION}'].orValue('') == variables.target`,
      `variables.labels[?'${GATED_LABEL}'].orValue('') == 'true'`,
      `variables.mine == ${ofEach('variables.rendered', 'i', 'i + variables.at')}`,
      'variables.mine.map(i, variables.names[i]) == variables.rendered',
      'size(variables.moves) == 0',
      HAS_PULL_SECRETS,
      IS_UNCHANGED,
      IS_RIGHT_SIZE,
      ARE_RAISED,
    ].join(' &&\n'),
  };
  return Object.entries(expressions).map(([name, expression]) => ({ name, expression }));
}

function orEmpty(field: string, empty: '[]' | '{}'): string {
  return `has(${field}) ? ${field} : ${empty}`;
}

/** An `add` into a list or map that is missing fails: an empty one is put there first. */
function patch({ path, besides }: Place): string {
  const pointer = path === '' ? '' : `/${path.replaceAll('.', '/')}`;
  const containers = (index: string) => `'${pointer}/spec/initContainers/' + string(${index})`;
  const volumes = (index: string) => `'${pointer}/spec/volumes/' + string(${index})`;
  const key = (map: string, name: string) => `'${pointer}/metadata/${map}/' + jsonpatch.escapeKey(${name})`;
  const unless = (condition: string, place: string, empty: '[]' | '{}') =>
    `(${condition} ? [] : [${add(`'${pointer}/${place}'`, empty)}])`;
  const remove = (place: string) => `JSONPatch{op: 'remove', path: ${place}}`;
  // From the first to the last, each some places further in front: those before it are gone already.
  const removal = ofEach('variables.mine', 'k', remove(containers('variables.mine[k] - k')));
  return [
    // Containers that are not valid any more would keep everybody from writing the target.
    'variables.isUnfit ? (',
    `${removal} +`,
    `(variables.key in variables.annotations ? [${remove(key('annotations', 'variables.key'))}] : [])) :`,
    'variables.isObstructed || variables.isCurrent ? [] :',
    `${removal} +`,
    `variables.moves.map(k, JSONPatch{op: 'move', from: ${containers('variables.froms[k]')}, path: ${containers('k')}}) +`,
    `${unless('has(variables.template.spec.initContainers)', 'spec/initContainers', '[]')} +`,
    `${ofEach('variables.rendered', 'k', add(containers('variables.at + k'), 'variables.render.initContainers[k]'))} +`,
    positions(
      'variables.rendered',
      'variables.hasPodResources && has(variables.render.initContainers[i].resources)',
    ),
    `.map(k, ${remove(`${containers('variables.at + k')} + '/resources'`)}) +`,
    `variables.raised.map(k, ${add(`${containers('variables.at + k')} + '/resources/requests'`, 'variables.render.initContainers[k].resources.limits')}) +`,
    `${inheritance({ container: (k) => containers(`variables.at + ${k}`), own: `'${pointer}/spec/containers'` })} +`,
    `${unless('has(variables.template.spec.volumes)', 'spec/volumes', '[]')} +`,
    `${ofEach('variables.myVolumes', 'k', remove(volumes('variables.myVolumes[k] - k')))} +`,
    `variables.render.volumes.map(v, ${add(volumes('variables.volumeAt'), 'v')}) +`,
    `${unless('size(variables.annotations) > 0', 'metadata/annotations', '{}')} +`,
    `${unless('size(variables.labels) > 0', 'metadata/labels', '{}')} +`,
    ...(besides === undefined ? [] : [`${besides} +`]),
    `${pullSecretsPatch({ template: pointer, record: key('annotations', 'variables.secretsKey') })} +`,
    '[',
    `  ${add(key('annotations', 'variables.key'), 'variables.render.hash')},`,
    `  ${add(key('annotations', `'${TARGET_ANNOTATION}'`), 'variables.target')},`,
    `  ${add(key('labels', `'${GATED_LABEL}'`), "'true'")}`,
    ']',
  ].join('\n');
}
