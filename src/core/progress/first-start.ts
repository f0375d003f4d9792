import { REQUIRE_LABEL } from '../../api/names.ts';
import type { TargetKind } from '../../api/spec.ts';
import type { Gate, Workload } from '../model.ts';
import { requires } from '../render/hold.ts';
import type { Obstacle } from '../render/obstacle.ts';
import { keepsLatch } from '../status/older-crd.ts';
import { statusOfTarget } from '../targets.ts';
import type { World } from '../world.ts';
import type { Ungated } from './ungated.ts';

/** Objects of one apply are stored within so much of each other, in either order. */
const TOGETHER_MS = 10_000;
/** A target that is older has had its first start, whatever is counted while it rolls. */
const FIRST_START_MS = 600_000;

/** A target as it is looked at. */
export interface Started {
  readonly kind: TargetKind;
  readonly name: string;
  readonly workload: Workload | undefined;
  /** Whether the gate is placed into its Pods at their birth. */
  readonly isInPods: boolean;
  /** Its Pods without this gate, and those that have to do with gates. */
  readonly ungated: Ungated;
  readonly gated: number;
}

/**
 * That the first Pods of a target run without the gate, although the gate was there before it or came with it: until new
 * ones replace them, which may be as long as these wait.
 */
export function ungatedFirstStart(
  { kind, name, workload, isInPods, ungated, gated }: Started,
  world: World,
  now: number,
): Obstacle | undefined {
  const { gate, firstStarts, idleAdmission } = world;
  if (!workload || ungated.count === 0) return undefined;
  const isKnown = wasTold(gate, { kind, name });
  if (!ungated.isCertain && !isKnown) return undefined;
  if (Date.parse(workload.createdAt) < Date.parse(gate.createdAt) - TOGETHER_MS) return undefined;
  if (isInPods) {
    const isFirst = gated === 0 && isYoung(workload, now);
    return isKnown || isFirst ? missedAtBirth(world) : undefined;
  }
  const isActing = firstStarts === 'placed' && !idleAdmission.has(kind);
  // Its Pods are held, also where their watch is behind what the workload counts.
  if (isActing && requires(workload.template, gate.name)) return undefined;
  if (isActing && !isKnown && !wasPatchedFirst(workload, now)) return undefined;
  return {
    reason: 'FirstStartUngated',
    message: `FirstStartUngated: its first Pods were created before the containers were in its template, and run until new ones replace them; ${cure(world, isActing)}`,
  };
}

/**
 * Where admission acts, whoever is gated by it is never written by the operator. A later rollout is no first start: so it
 * is told while the target is young, and as long as it holds.
 */
function wasPatchedFirst(workload: Workload, now: number): boolean {
  return workload.operatorWroteAt !== '' && isYoung(workload, now);
}

function wasTold(gate: Gate, target: Pick<Started, 'kind' | 'name'>): boolean {
  return statusOfTarget(gate, target)?.reason === 'FirstStartUngated';
}

function isYoung({ createdAt }: Workload, now: number): boolean {
  return now - Date.parse(createdAt) < FIRST_START_MS;
}

function missedAtBirth(world: World): Obstacle {
  return {
    reason: 'FirstStartUngated',
    message: `FirstStartUngated: its first Pods were created before admission knew the gate, and stay as they are; ${cure(world, true)}`,
  };
}

function cure({ gate, firstStarts, olderCrd }: World, isActing: boolean): string {
  if (firstStarts === 'patched' && olderCrd && !keepsLatch(olderCrd))
    return "apply the CustomResourceDefinition and the policies of the operator's release";
  if (isActing || firstStarts === 'refused')
    return `the label ${REQUIRE_LABEL}: ${gate.name} on its Pod template holds them until the gate is in force`;
  return firstStarts === 'placed'
    ? 'admission does not act: see the condition Ready'
    : 'install the policies that gate first starts (config/default, before Kubernetes 1.36 config/without-admission), or render the gate at build time';
}
