import { DECIDING_ENV } from '../deciding-env.ts';
import { VOLUME_MOUNT_PATH } from '../names.ts';
import { holdsForEach } from './lists-cel.ts';

/**
 * Whether our containers in a template still are what was rendered, as far as that decides about waiting: what
 * `changedFields` of the core does, said in CEL. Of what it compares there must be nothing here that it lacks.
 */

/** CEL, after a list of images: the name in each, without the path before it, its tag and its digest. */
export const PARTS_OF_IMAGES =
  ".map(s, s.substring(s.lastIndexOf('/') + 1))\n.map(s, [s.split('@')[0].split(':')[0], (s.split('@')[0] + ':').split(':')[1], (s + '@').split('@')[1]])";

/** CEL: of the live container `l` and the rendered `r`, both at `k`, and of the parts `a` and `b` of their images. */
const IS_SAME_IMAGE = [
  'a[0] == b[0] && (',
  `r.?volumeMounts.orValue([]).exists(m, m.mountPath == '${VOLUME_MOUNT_PATH}') ||`,
  "(b[2] != '' ? a[2] == b[2] : a[2] != '' && a[1] == '' ? true :",
  "(a[1] == '' ? 'latest' : a[1]) == (b[1] == '' ? 'latest' : b[1])))",
].join('\n');

/** CEL: what a variable `v` is. */
const SOURCE = [
  "has(v.valueFrom) ? 'source' : 'value'",
  ...[
    'value',
    'valueFrom.?fieldRef.?fieldPath',
    ...['secretKeyRef', 'configMapKeyRef'].flatMap((ref) =>
      ['name', 'key'].map((field) => `valueFrom.?${ref}.?${field}`),
    ),
  ].map((path) => `string(v.?${path}.orValue(''))`),
  ...['secretKeyRef', 'configMapKeyRef'].map((ref) => isOptional(`v.?valueFrom.?${ref}`)),
].join(', ');

/** CEL: of a whole object `s` that variables come from. */
const OBJECT = [
  "string(s.?prefix.orValue(''))",
  ...['configMapRef', 'secretRef'].flatMap((ref) => [
    `string(s.?${ref}.?name.orValue(''))`,
    isOptional(`s.?${ref}`),
  ]),
].join(', ');

function isOptional(ref: string): string {
  return `string(${ref}.?optional.orValue(false))`;
}

const objectsOf = (container: string) => `${container}.?envFrom.orValue([]).map(s, [${OBJECT}])`;

const sourcesOf = (container: string) =>
  `${container}.?env.orValue([]).filter(v, v.name == e.name).map(v, [${SOURCE}])`;

const same = (field: string, empty: string) =>
  `l.?${field}.orValue(${empty}) == r.?${field}.orValue(${empty})`;

const IS_SAME = [
  same('command', '[]'),
  same('args', '[]'),
  same('workingDir', "''"),
  "l.?restartPolicy.orValue('') == ''",
  `r.?env.orValue([]).all(e, ${sourcesOf('l')} == ${sourcesOf('r')})`,
  `!l.?env.orValue([]).exists(e, e.name.matches('${DECIDING_ENV}') && !r.?env.orValue([]).exists(v, v.name == e.name))`,
  `[${objectsOf('l')}].all(all, ${objectsOf('r')}.all(s, s in all))`,
  "r.?volumeMounts.orValue([]).all(m, l.?volumeMounts.orValue([]).exists(v,\nv.name == m.name && v.mountPath == m.mountPath && v.?subPath.orValue('') == m.?subPath.orValue('') && v.?subPathExpr.orValue('') == ''))",
  `[variables.images[k]].all(a, [variables.wantedImages[k]].all(b, ${IS_SAME_IMAGE}))`,
].join(' &&\n');

/** CEL: where the names are those that were rendered, in their order. */
export const IS_UNCHANGED = holdsForEach(
  'variables.mine',
  `[variables.live[variables.mine[k]]].all(l, [variables.render.initContainers[k]].all(r,\n${IS_SAME}))`,
);
