import { FINALIZER, targetAnnotationValue } from '../../api/names.ts';
import type { Gate, Refusal, Workload } from '../model.ts';
import { refusalOfRender } from '../progress/standing.ts';
import { gatesIn } from '../render/inject.ts';
import { hasUserContainer, isRenderOf, renderHash } from '../render/render.ts';
import { gateCondition } from '../status/gate-state.ts';
import { targetKeys } from '../targets.ts';
import type { WorkloadWorld } from '../world.ts';
import { gatesToOpen, isToLeave } from './clean-up.ts';

/**
 * Gates that come, change or go together are to roll a workload once. So its patch waits a moment after each change of a
 * gate, and for what such a change is sure to bring; what has not changed of late, as where a patch was undone, or where a
 * workload came after its gates, waits for nothing.
 */
export const GATHER_MS = 250;
/**
 * Deletions come one by one, each after the answer to the one before, and slower than what is applied. So where one gate
 * leaves a template, the others in it have this long to follow.
 */
export const GATHER_LEAVING_MS = 2000;
/** No change delays a patch for longer, whatever comes after it. */
export const GATHER_LIMIT_MS = 5000;

/** How long the patch of a workload is to wait for the changes of its other gates, ms. */
export function gather(world: WorkloadWorld, now: number): number {
  const { workload, gates, refusals, pods } = world;
  const unopened = gatesToOpen(pods);
  const momentMs = pause(gates, now);
  const carried = [...gatesIn(workload.template).keys()];
  const leaving = new Set(
    [...new Set([...gates.keys(), ...carried])].filter((name) =>
      isToLeave(name, gates.get(name)?.gate, workload),
    ),
  );
  const hasOthers = carried.some((name) => !leaving.has(name));
  const waits = [...gates].map(([name, { gate, changedAt, changingSince }]) => {
    const leaves = leaving.has(name);
    const isComing =
      ((leaves || isNaming(gate, workload)) && isRendering(gate, refusals)) || (leaves && unopened.has(name));
    const limit = changingSince + GATHER_LIMIT_MS;
    const pauseMs = leaves && hasOthers ? Math.max(momentMs, GATHER_LEAVING_MS) : momentMs;
    return (isComing ? limit : Math.min(limit, changedAt + pauseMs)) - now;
  });
  return Math.max(0, ...waits);
}

/**
 * How long after a change the next one may come: whoever applies or deletes many does it one by one, and as fast as the
 * API server answers. So it is twice the longest time between those of late, where that is more.
 */
function pause(gates: WorkloadWorld['gates'], now: number): number {
  const times = [...gates.values()].map(({ changedAt }) => changedAt).toSorted((a, b) => a - b);
  const recent = times.filter((time) => now - time < GATHER_LIMIT_MS);
  const gaps = recent.slice(1).map((time, index) => time - (recent[index] ?? time));
  return Math.max(GATHER_MS, 2 * Math.max(0, ...gaps));
}

/** Whether a gate is to be in the templates of what it names. */
export function isNaming(gate: Gate, { kind, name }: Workload): boolean {
  return !gate.deleting && targetKeys(gate).has(targetAnnotationValue(kind, name));
}

/** Whether the render of a gate's spec is yet to be stored, as it will be. Where it will not, what is stored is in force. */
export function isRendering(gate: Gate, refusals: readonly Refusal[]): boolean {
  const { name, deleting, spec, status, finalizers } = gate;
  if (deleting || !spec.valid || spec.value.suspend) return false;
  const hash = renderHash(spec.value);
  if (isRenderOf(status.render, name, spec.value)) return !finalizers.includes(FINALIZER);
  if (isToldUnusable(gate)) return false;
  return !hasUserContainer(spec.value) || refusalOfRender(refusals, name, hash) === undefined;
}

/** Whether an expression of its spec cannot be used: what is decided about a workload knows that by the gate's status. */
function isToldUnusable({ generation, status }: Gate): boolean {
  return (
    status.observedGeneration === generation &&
    gateCondition(status, 'Stalled')?.reason === 'InvalidExpression'
  );
}
