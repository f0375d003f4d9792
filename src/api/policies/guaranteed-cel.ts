import { VOLUME_MOUNT_PATH } from '../names.ts';
import { holdsForEach, positions } from './lists-cel.ts';

/** How our requests are raised where a template is Guaranteed by its own containers: `render/guaranteed.ts`, said in CEL. */

/** CEL: whether a container requests of CPU and memory what it is limited to. */
const isFirm = (container: string) => {
  const limit = `${container}.?resources.?limits[?r].orValue('0')`;
  const request = `${container}.?resources.?requests[?r].orValue(${limit})`;
  return `['cpu', 'memory'].all(r, quantity(string(${limit})).isGreaterThan(quantity('0')) &&\nquantity(string(${request})).compareTo(quantity(string(${limit}))) == 0)`;
};

/** CEL: whether all containers are, except for those of gates. */
export const isGuaranteed = (own: string) =>
  [
    '!variables.hasPodResources',
    holdsForEach('variables.live', `variables.owners[k] != '${own}' || ${isFirm('variables.live[k]')}`),
    `variables.template.spec.containers.all(c, ${isFirm('c')})`,
  ].join(' &&\n');

/** CEL: the positions of the rendered containers whose requests are raised to their limits. */
export const RAISED = `!variables.isGuaranteed ? [] : ${positions(
  'variables.rendered',
  `variables.render.initContainers[i].?volumeMounts.orValue([]).exists(m, m.mountPath == '${VOLUME_MOUNT_PATH}') &&\n['cpu', 'memory'].all(r, variables.render.initContainers[i].?resources.?limits[?r].hasValue())`,
)}`;

/** CEL: whether they have been, where the names are those that were rendered, in their order. */
export const ARE_RAISED = `variables.raised.all(k, ${isFirm('variables.live[variables.mine[k]]')})`;
