import { ofEach, ofEachPair, positions } from './lists-cel.ts';

/**
 * How a container that is made from one of the target's (`from`) takes over what that one is: `render/inherit.ts`, said as
 * JSON patches. They copy from place to place inside of the object, since no value of a patch can be taken from it.
 */

/** CEL: the positions of the rendered containers that are made from another. */
export const INHERITING = positions('variables.rendered', 'has(variables.render.initContainers[i].from)');

/** CEL: of each rendered container, the position of the one that it is made from. */
export const SOURCES = `variables.render.initContainers.map(c, (${positions('variables.own', "string(variables.own[i].name) == c.?from.orValue('')")} + [-1])[0])`;

/** CEL: some rendered container has nothing to be made from. */
export const IS_SOURCELESS =
  'variables.render.initContainers.exists(c, has(c.from) && !variables.own.exists(o, string(o.name) == c.from))';

const GIVEN = 'variables.render.initContainers[k]';
const SOURCE = 'variables.own[variables.sources[k]]';

/** Where things stand, as CEL that gives JSON pointers. */
interface Pointers {
  /** The rendered container at a position. */
  readonly container: (k: string) => string;
  /** The template's own containers. */
  readonly own: string;
}

/**
 * CEL: the patches by which the containers that are there as they were rendered take over the rest. Each is made for all
 * of them before the next, since nothing makes one list of a list for each.
 */
export function inheritance({ container, own }: Pointers): string {
  const inside = (k: string, field: string) => `${container(k)} + '/${field}`;
  const remove = (field: string) => `JSONPatch{op: 'remove', path: ${inside('k', field)}'}`;
  const copy = (k: string, from: string, to: string) =>
    `JSONPatch{op: 'copy', from: ${own} + '/' + string(variables.sources[${k}]) + '/${from}, path: ${inside(k, to)}}`;
  const where = (condition: string, made: string) =>
    `variables.inheriting.filter(k, ${condition}).map(k, ${made})`;
  const single = (field: string, condition = '') =>
    where(
      `${condition}has(${SOURCE}.${field}) && !has(${GIVEN}.${field})`,
      copy('k', `${field}'`, `${field}'`),
    );
  const settings = `${SOURCE}.?securityContext`;
  const stripped = (field: string, isThere: string) =>
    where(`!has(${GIVEN}.securityContext) && ${isThere}`, remove(`securityContext/${field}`));
  // From the last to the first, each in front of those that are there.
  const list = (field: string, isTaken: string) => {
    const all = `${SOURCE}.?${field}.orValue([])`;
    const taken = `${ofEach(all, 'j', `size(${all}) - 1 - j`)}.filter(i, ${isTaken})`;
    const empty = `JSONPatch{op: 'add', path: ${inside('k', field)}', value: []}`;
    return [
      where(`size(${taken}) > 0 && !has(${GIVEN}.${field})`, empty),
      ofEachPair('variables.inheriting', taken, (k, i) =>
        copy(k, `${field}/' + string(${i})`, `${field}/0'`),
      ),
    ].join(' +\n');
  };
  return [
    `variables.inheriting.map(k, ${remove('from')})`,
    single('image'),
    single('imagePullPolicy'),
    single('workingDir'),
    single('resources', '!variables.hasPodResources && '),
    single('securityContext'),
    stripped('privileged', `${settings}.?privileged.hasValue()`),
    stripped('procMount', `${settings}.?procMount.hasValue()`),
    stripped('capabilities/add', `size(${settings}.?capabilities.?add.orValue([])) > 0`),
    list('env', `!${GIVEN}.?env.orValue([]).exists(v, v.name == ${SOURCE}.env[i].name)`),
    list('envFrom', 'true'),
    list(
      'volumeMounts',
      `!${GIVEN}.?volumeMounts.orValue([]).exists(m, m.mountPath == ${SOURCE}.volumeMounts[i].mountPath) && !(string(${SOURCE}.volumeMounts[i].name) in variables.nodeVolumes)`,
    ),
  ].join(' +\n');
}
