import { REQUIRE_LABEL } from '../../api/names.ts';
import type { TargetKind } from '../../api/spec.ts';
import type { Gate, Workload, World } from '../model.ts';
import { requires } from '../render/hold.ts';
import type { Obstacle } from '../render/obstacle.ts';
import { statusOfTarget } from '../targets.ts';

/** Objects of one apply are stored within so much of each other, in either order. */
const TOGETHER_MS = 10_000;
/** What a workload counts may be ahead of its Pods' watch for so long. */
const WATCHES_DIFFER_MS = 3000;
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
  readonly ungated: number;
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
  if (!workload || ungated === 0) return undefined;
  if (Date.parse(workload.createdAt) < Date.parse(gate.createdAt) - TOGETHER_MS) return undefined;
  if (isInPods) {
    const isFirst = gated === 0 && wasYoung(workload, { kind, name }, world, now);
    return isFirst ? missedAtBirth(world) : undefined;
  }
  const isActing = firstStarts === 'placed' && !idleAdmission.has(kind);
  // Its Pods are held, also where their watch is behind what the workload counts.
  if (isActing && requires(workload.template, gate.name)) return undefined;
  if (isActing && !wasPatchedFirst(workload, { kind, name }, world, now)) return undefined;
  return {
    reason: 'FirstStartUngated',
    message: `FirstStartUngated: its first Pods were created before the containers were in its template, and run until new ones replace them; ${cure(world, isActing)}`,
  };
}

/**
 * Where admission acts, whoever is gated by it is never written by the operator. Pods are counted by the workload's own
 * status, which may be ahead of their watch: so it is told while the target is young, and as long as it holds.
 */
function wasPatchedFirst(
  { createdAt, operatorWroteAt }: Workload,
  { kind, name }: Pick<Started, 'kind' | 'name'>,
  { gate }: World,
  now: number,
): boolean {
  return wasTold(gate, { kind, name }) || (operatorWroteAt !== '' && isYoung(createdAt, now));
}

/** Also while what is counted may be ahead of the Pods that are seen it is no first start that is told of. */
function wasYoung(
  { createdAt }: Workload,
  target: Pick<Started, 'kind' | 'name'>,
  { gate }: World,
  now: number,
): boolean {
  return (
    wasTold(gate, target) || (isYoung(createdAt, now) && now - Date.parse(createdAt) >= WATCHES_DIFFER_MS)
  );
}

function wasTold(gate: Gate, target: Pick<Started, 'kind' | 'name'>): boolean {
  return statusOfTarget(gate, target)?.reason === 'FirstStartUngated';
}

function isYoung(createdAt: string, now: number): boolean {
  return now - Date.parse(createdAt) < FIRST_START_MS;
}

function missedAtBirth(world: World): Obstacle {
  return {
    reason: 'FirstStartUngated',
    message: `FirstStartUngated: its first Pods were created before admission knew the gate, and stay as they are; ${cure(world, true)}`,
  };
}

function cure({ gate, firstStarts }: World, isActing: boolean): string {
  if (isActing || firstStarts === 'refused')
    return `the label ${REQUIRE_LABEL}: ${gate.name} on its Pod template holds them until the gate is in force`;
  return firstStarts === 'placed'
    ? 'admission does not act: see the condition Ready'
    : 'install the policies that gate first starts (config/default, before Kubernetes 1.36 config/without-admission), or render the gate at build time';
}
