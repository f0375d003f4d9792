import { CONTAINER_PREFIX } from '../names.ts';
import { NOT_ON_WINDOWS } from '../rendered.ts';
import { IS_SOURCELESS } from './inherit-cel.ts';
import { holdsForEach } from './lists-cel.ts';

/**
 * What of a Pod's own decides whether our containers are valid beside it: what `core/render/surroundings.ts` does, in CEL.
 */

const IS_WINDOWS =
  "variables.template.spec.?os.?name.orValue('') == 'windows' || variables.template.spec.?nodeSelector[?'kubernetes.io/os'].orValue('') == 'windows'";

/** CEL: a mount `m` of a rendered container is of a volume of the target's own that it cannot have. */
const IS_UNMOUNTABLE = `!m.name.startsWith('${CONTAINER_PREFIX}') && !(m.name in variables.volumeNames && !(m.name in variables.nodeVolumes))`;

/** CEL: the API server would refuse our containers in these Pods, whatever is in them, or they may not be there. */
export const IS_UNFIT = `${IS_SOURCELESS} ||\nvariables.render.initContainers.exists(c, c.?volumeMounts.orValue([]).exists(m, ${IS_UNMOUNTABLE})) ||\n(${IS_WINDOWS}) &&\nvariables.render.initContainers.exists(c, has(c.securityContext) && (${NOT_ON_WINDOWS.map((field) => `has(c.securityContext.${field})`).join(' || ')}))`;

/** CEL: whether resources are requested, or limited. */
export function isSized(resources: string): string {
  return ['requests', 'limits'].map((field) => `size(${resources}.?${field}.orValue({})) > 0`).join(' || ');
}

/** CEL: where the names are those that were rendered. Only whether there are any is compared. */
export const IS_RIGHT_SIZE = holdsForEach(
  'variables.mine',
  `[${isSized('variables.live[variables.mine[k]].?resources')}].all(sized,\nvariables.hasPodResources ? !sized : sized || !(${isSized('variables.render.initContainers[k].?resources')}))`,
);
