import { containerOwner } from '../../api/names.ts';
import type { Render } from '../../api/rendered.ts';
import type { GateSpec } from '../../api/spec.ts';
import { type ContainerStatus, isUnpullable } from '../container-state.ts';
import type { Pod, Settings } from '../model.ts';
import { wantedContainers } from '../render/contents.ts';
import { waiterImageOf } from '../render/render.ts';
import type { TemplateView } from '../template-view.ts';

/**
 * Another default image rolls nobody, so a render keeps the image that it was made with, and a template the one that it got.
 * But an image that no Pod could ever pull keeps its Pods for ever: it makes way for the operator's own as soon as that is
 * another one. An image that one Pod could pull stays, since Pods run with it.
 */

/** Whether a stored render is to be made again, with the operator's image of now. */
export function isToBeRenewed(
  gate: string,
  spec: GateSpec,
  { stored, pods, settings }: { stored: Render; pods: readonly Pod[]; settings: Settings },
): boolean {
  const image = waiterImageOf(stored, spec);
  if (image === undefined || spec.waiter?.image !== undefined || image === settings.waiterImage) return false;
  return isUnpulled(gate, image, pods);
}

/** Whether a template has an image of the waiter that is not the render's, and that none of its Pods could pull. */
export function hasUnpulledImage(
  gate: string,
  render: Render,
  { contents }: Pick<TemplateView, 'contents'>,
  pods: readonly Pod[],
): boolean {
  if (!pods.some(isWaitingForImage)) return false;
  return wantedContainers(render.initContainers).some(({ name, image, isWaiter }) => {
    const live = contents.find((one) => one.name === name);
    return isWaiter && live !== undefined && live.image !== image && isUnpulled(gate, live.image, pods);
  });
}

/** Some Pod waits for it, and none has ever run it in a container of the gate. */
function isUnpulled(gate: string, image: string, pods: readonly Pod[]): boolean {
  const statuses = pods
    .filter(({ deleting }) => !deleting)
    .flatMap(({ contents, statuses: all }) => {
      const names = contents.filter((one) => one.image === image).map(({ name }) => name);
      return all.filter(({ name }) => containerOwner(name)?.gate === gate && names.includes(name));
    });
  return (
    statuses.some(isWaiting) &&
    statuses.every(({ state, last }) => state.is === 'waiting' && last === undefined)
  );
}

/** Whether a Pod waits for an image that the kubelet has tried to pull in vain. */
export function isWaitingForImage({ statuses }: Pod): boolean {
  return statuses.some(isWaiting);
}

function isWaiting({ state }: ContainerStatus): boolean {
  return state.is === 'waiting' && isUnpullable(state.reason);
}
