import { targetAnnotationValue } from '../../api/names.ts';
import type { GateSpec } from '../../api/spec.ts';
import type { Drift, Gate, OthersFirst, Pod, Refusal, Render, Repair, Workload } from '../model.ts';
import { lacksRequired } from '../render/hold.ts';
import { carries, obstacle } from '../render/inject.ts';
import type { Obstacle } from '../render/obstacle.ts';
import { lost } from '../render/order.ts';
import { driftOf, type WorkloadDrift } from '../render/others-first.ts';
import { waiterImageOf } from '../render/render.ts';
import { additionMark, type Dispute, dispute } from './dispute.ts';
import { hasUnpulledImage } from './unpulled.ts';

/** How a workload that a gate names stands to the gate's render. */
export interface Standing extends WorkloadDrift {
  /** Who makes it current: the operator's patch, the next rollout of somebody else, or nobody, since a Job never changes. */
  readonly lag: 'none' | 'patch' | 'next rollout' | 'immutable';
  /** Why it cannot carry the render, for the user. */
  readonly obstacle: Obstacle | undefined;
  /** Why its containers stand first, and not where the gate wants them, for the user. */
  readonly lost: Obstacle | undefined;
  readonly refusal: Refusal | undefined;
  /** Somebody else undoes its patches. */
  readonly dispute: Dispute | undefined;
}

/** What is remembered of the patches of a workload, or of several. */
export interface Remembered {
  readonly refusals: readonly Refusal[];
  readonly repairs: readonly Repair[];
  readonly othersFirst: readonly OthersFirst[];
}

/** That, and the Pods of the workloads. */
export interface Known extends Remembered {
  readonly pods: readonly Pod[];
}

/** A gate and what it wants its targets to carry. */
export interface Claim {
  readonly gate: Pick<Gate, 'name' | 'uid'>;
  readonly spec: GateSpec;
  readonly render: Render;
  /** Whether it comes into their Pods, and not into their templates. */
  readonly isInPods: boolean;
}

/** @param compare where answers are kept, from there */
export function standing(
  claim: Claim,
  workload: Workload,
  known: Known,
  now: number,
  compare = driftOf,
): Standing {
  const { gate, render, isInPods } = claim;
  const target = targetAnnotationValue(workload.kind, workload.name);
  const injection = { gate: gate.name, render, target };
  const stuck = imageDrift(claim, workload, known);
  const { isOrderUnknown, ...found } = isInPods
    ? { drift: leftover(workload, gate.name), isOrderUnknown: false }
    : compare(workload, injection, known.othersFirst);
  const drift = [...found.drift, ...stuck];
  return {
    ...{ drift, isOrderUnknown },
    lag: drift.length > 0 ? lagOf(workload, claim, stuck.length > 0) : 'none',
    obstacle: unreadable(workload) ?? obstacle(workload.template, injection),
    lost:
      workload.kind === 'Job' && drift.length > 0
        ? undefined
        : lost(workload.template.initContainers, render.after),
    refusal: known.refusals.find((refusal) => isStill(refusal, claim, workload)),
    dispute: dispute(known.repairs, workload.uid, additionMark(gate, render, workload.template), now),
  };
}

/**
 * A patch for the image alone is made once for each image: where it helps nobody, since somebody writes another into the
 * template, or mirrors it, that is to be seen by the kubelet's words, and not as a dispute. A Job never changes.
 */
function imageDrift(
  { gate, render, spec, isInPods }: Claim,
  workload: Workload,
  { pods, repairs }: Known,
): Drift[] {
  if (workload.kind === 'Job' || isInPods) return [];
  const target = targetAnnotationValue(workload.kind, workload.name);
  const own = pods.filter((pod) => pod.target === target);
  if (!hasUnpulledImage(gate.name, render, workload.template, own)) return [];
  const mark = additionMark(gate, render, workload.template);
  const why: Drift = `image that no Pod could pull, now ${waiterImageOf(render, spec) ?? ''}`;
  const isTried = repairs.some(
    (one) => one.uid === workload.uid && one.mark === mark && one.why?.includes(why),
  );
  return isTried ? [] : [why];
}

/** What is placed into Pods is to leave the template. */
function leftover({ template }: Workload, gate: string): Drift[] {
  return carries(template, gate) ? ['leftover container'] : [];
}

/** Nothing is put into what is not known as a whole. What is to leave it is taken out by name. */
function unreadable({ unreadable: why }: Workload): Obstacle | undefined {
  if (why === undefined) return undefined;
  return { reason: 'WorkloadUnreadable', message: `it cannot be read (${why}): install a newer operator` };
}

/** @param isStuck none of its Pods gets anywhere, so there is nobody to be spared */
function lagOf(workload: Workload, { gate, spec, isInPods }: Claim, isStuck: boolean): Standing['lag'] {
  if (workload.kind === 'Job') return 'immutable';
  if (isStuck || isInPods) return 'patch';
  const { updatePolicy } = spec;
  const waits = updatePolicy === 'OnNextRollout' && !lacksRequired(workload.template, gate.name);
  return waits ? 'next rollout' : 'patch';
}

/** A refusal holds for the very target generation and render that were refused. */
function isStill(refusal: Refusal, { gate, render }: Claim, { uid, generation }: Workload): boolean {
  return (
    refusal.of === 'target' &&
    refusal.gate === gate.name &&
    refusal.uid === uid &&
    refusal.generation === generation &&
    refusal.hash === render.hash
  );
}

/** The refusal of a gate's render, by its dry-run. */
export function refusalOfRender(
  refusals: readonly Refusal[],
  gate: string,
  hash: string,
): Refusal | undefined {
  return refusals.find((one) => one.of === 'render' && one.gate === gate && one.hash === hash);
}

/** A refused write is tried again after this time: a webhook or a policy may have changed its mind. */
export const RETRY_REFUSED_AFTER_MS = 5 * 60_000;

export function isDue(refusal: Refusal | undefined, now: number): boolean {
  return refusal === undefined || now - refusal.at >= RETRY_REFUSED_AFTER_MS;
}

/**
 * In how many ms that is. What is due already is tried at once, or cannot be (a suspended gate): looking again would help
 * nobody.
 */
export function dueIn(refusal: Refusal | undefined, now: number): number | undefined {
  return refusal === undefined || isDue(refusal, now) ? undefined : refusal.at + RETRY_REFUSED_AFTER_MS - now;
}
