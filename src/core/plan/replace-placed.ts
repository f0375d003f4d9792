import { gateAnnotation } from '../../api/names.ts';
import { isMadeAnew, isOlder, placedSince } from '../admission/placing.ts';
import type { Pod, Render, Workload } from '../model.ts';
import { hasUnpulledImage } from '../progress/unpulled.ts';
import { isHeldFor } from '../render/hold.ts';
import type { World } from '../world.ts';
import type { PodWrite } from './plan.ts';
import { waitsIn } from './replace.ts';

/**
 * Pods of a gate that is placed into Pods: no rollout ever replaces those that were made before it came into force or has
 * changed. One that has started its app stays as it is. One that never has, since it waits with older containers or is held
 * for the gate, is deleted, and its workload makes another.
 */
export function replacePlaced(
  world: World,
  { workload, pods, render }: Placed,
  now: number,
): { readonly writes: readonly PodWrite[]; readonly next: number | undefined } {
  const since = placedSince(world, workload);
  if (since === undefined || !isMadeAnew(workload)) return { writes: [], next: undefined };
  const { name } = world.gate;
  const old = pods.filter((pod) => isOlder(pod, since) && isBehind(pod, name, render));
  if (old.length === 0) return { writes: [], next: undefined };
  if (now < since) return { writes: [], next: since - now };
  return { writes: old.map((pod) => ({ do: 'delete-pod', pod, why: whyOf(pod) })), next: undefined };
}

/** A target whose Pods get the render at their birth. */
export interface Placed {
  readonly workload: Workload;
  readonly pods: readonly Pod[];
  /** What they get. */
  readonly render: Render;
}

function isBehind(pod: Pod, gate: string, render: Render): boolean {
  if (isHeldFor(pod, gate)) return true;
  const isOther =
    pod.annotations[gateAnnotation(gate)] !== render.hash || hasUnpulledImage(gate, render, pod, [pod]);
  return isOther && waitsIn(pod, gate);
}

function whyOf({ held }: Pod): string {
  return held
    ? 'it was held for the gate, which is placed into the Pods that are created now'
    : 'it waits with older containers of the gate, and is not replaced otherwise';
}
