import { CONTAINER_PREFIX } from '../../api/names.ts';
import type { Render } from '../../api/rendered.ts';
import type { GateSpec } from '../../api/spec.ts';
import { type ConditionType, type DependencyStatus, type GateStatus, MAX_DISPLAY } from '../../api/status.ts';
import { cut } from '../cut.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import type { Gate, Refusal } from '../model.ts';
import type { Overdue } from '../progress/overdue.ts';
import type { PodProgress } from '../progress/pod-progress.ts';
import { podCounts, type TargetProgress, targetStatus } from '../progress/progress.ts';
import type { World } from '../world.ts';
import { conditions, evaluate, evaluateInvalid, type Stall, type Verdict } from './conditions.ts';
import { dependencyStatuses, isLost } from './dependency-status.ts';
import { olderCrdWords } from './older-crd.ts';

/** What the status of a valid gate is made from. */
export interface Observed {
  readonly world: World;
  readonly spec: GateSpec;
  /** The render that Pods and targets are compared with. */
  readonly render: Render | undefined;
  /** Whether it is one that the spec gives, and may be put into targets. */
  readonly isRendered: boolean;
  readonly targets: readonly TargetProgress[];
  /** What the operator makes of the dependencies that it evaluates, by their names. */
  readonly evaluated: ReadonlyMap<string, Evaluation>;
  readonly overdue: Overdue;
  /** The API server's refusal of the spec's render. */
  readonly refusal: Refusal | undefined;
  /** Whether the spec's render cannot be stored as it is, since the CustomResourceDefinition is older. Default false. */
  readonly isRenderDropped?: boolean;
}

export function status(observed: Observed, now: number): GateStatus {
  const { world, spec, render, isRendered, targets, evaluated } = observed;
  const pods = targets.flatMap((target) => target.pods);
  const late = observed.overdue.dependencies;
  const dependencies = dependencyStatuses({ world, spec, pods, evaluated, overdue: late });
  const verdicts = evaluate({
    spec,
    isRendered,
    targets,
    dependencies,
    stall: stallOf(observed),
    firstStarts: world.firstStarts,
    foreignPolicies: world.foreignPolicies,
    olderCrd: world.olderCrd,
    idleAdmission: world.idleAdmission,
    failed: [...evaluated.keys()].filter((name) => isLost(name, spec, evaluated)),
    overdue: late,
  });
  return {
    observedGeneration: world.gate.generation,
    conditions: conditions(verdicts, world.gate.status.conditions ?? [], world.gate.generation, now),
    ...(render && { render }),
    targets: targets.map(targetStatus),
    dependencies,
    pods: podCounts(targets),
    display: display(observed, pods, dependencies, verdicts),
  };
}

/**
 * The status of a gate whose spec cannot be read: the last render stays in force, and nothing else is known or told. What
 * is remembered of Jobs, of Pods that passed and of first starts stays with it: it can be found out nowhere else, and
 * another version may read the spec again.
 */
export function invalidStatus(gate: Gate, message: string, now: number): GateStatus {
  const verdicts = evaluateInvalid({ reason: 'InvalidSpec', message });
  const { render, conditions: previous = [], dependencies = [], targets = [] } = gate.status;
  const remembered = dependencies.filter(({ completed }) => completed !== undefined);
  const known = targets.filter(({ passed, firstStart }) => passed !== undefined || firstStart !== undefined);
  return {
    observedGeneration: gate.generation,
    conditions: conditions(verdicts, previous, gate.generation, now),
    ...(render && { render }),
    ...(known.length > 0 && { targets: known }),
    ...(remembered.length > 0 && { dependencies: remembered }),
    display: { ...NO_DISPLAY, open: openColumn(verdicts, []), message: messageColumn(verdicts) },
  };
}

function stallOf(observed: Observed): Stall | undefined {
  const { world, spec, refusal, targets, evaluated, isRenderDropped } = observed;
  if (isRenderDropped && world.olderCrd)
    return { reason: 'CrdOutdated', message: olderCrdWords(world.olderCrd) };
  for (const [name, { fault }] of evaluated) {
    if (fault) return { reason: fault.reason, message: `dependency ${name}: ${fault.message}` };
  }
  if (refusal)
    return { reason: 'InvalidRender', message: `the API server refuses the containers: ${refusal.message}` };
  const refused = targets.flatMap(({ kind, name, obstacle, refusal: refused }) => {
    const why = obstacle?.message ?? refused?.message;
    return why === undefined ? [] : `${kind} ${name}: ${why}`;
  });
  if (refused.length > 0) return { reason: 'TargetRefused', message: refused.join('; ') };
  const strays = targets.flatMap(({ kind, name, lost }) => (lost ? `${kind} ${name}: ${lost.message}` : []));
  if (strays.length > 0) return { reason: 'AfterMissing', message: strays.join('; ') };
  const disputed = targets.flatMap(disputeOf);
  if (disputed.length > 0) {
    const message = `somebody else keeps undoing what the operator writes: ${disputed.join('; ')}; let it leave init containers alone whose names start with ${CONTAINER_PREFIX}, and what comes after them`;
    return { reason: 'Conflict', message };
  }
  const notPlaced = withoutPlacing(world, targets);
  if (notPlaced) return notPlaced;
  const isInTemplates = targets.some(({ isInPods }) => !isInPods);
  return spec.updatePolicy === 'OnNextRollout' && isInTemplates
    ? withoutAdmission(world, targets)
    : undefined;
}

/** What is undone, and by whom: a write that an admission step has changed counts as that of whoever made it. */
function disputeOf({ kind, name, workload, dispute }: TargetProgress): string[] {
  if (!dispute) return [];
  const who = dispute.isByAdmission
    ? "by an admission webhook or policy, in the operator's own writes"
    : `last written by ${workload?.otherManager ?? 'an unknown manager'}`;
  const what = dispute.undone.length > 0 ? `: ${dispute.undone.join(', ')}` : '';
  return [`${kind} ${name} (${who})${what}`];
}

/** Why nothing places the containers into Pods: templates are never patched in place of that. */
function withoutPlacing({ placing }: World, targets: readonly TargetProgress[]): Stall | undefined {
  for (const { kind, isInPods } of targets) {
    const found = placing.get(kind);
    if (!isInPods || !found || found.isThere) continue;
    const message = `placement Pod needs the admission policies (Kubernetes 1.36): ${found.why}, or use placement Template; until then new Pods may start ungated`;
    return { reason: 'NoAdmission', message };
  }
  return undefined;
}

/** Why nothing brings the containers into the targets with their next rollout. */
function withoutAdmission(
  { firstStarts, idleAdmission }: World,
  targets: readonly TargetProgress[],
): Stall | undefined {
  if (firstStarts !== 'placed') return NO_ADMISSION;
  const why = targets.flatMap(({ kind }) => idleAdmission.get(kind) ?? [])[0];
  if (why === undefined) return undefined;
  const message = `updatePolicy OnNextRollout needs admission policies that act, and they do not: ${why}; until then use Immediate`;
  return { reason: 'NoAdmission', message };
}

const NO_ADMISSION: Stall = {
  reason: 'NoAdmission',
  message:
    'updatePolicy OnNextRollout needs the admission policies (Kubernetes 1.36): install them, or use Immediate',
};

/** Shown where there is nothing to show, so that columns stay columns for `awk`. */
const NOTHING = '-';
const NO_DISPLAY = {
  targets: NOTHING,
  pods: NOTHING,
  init: NOTHING,
  dependencies: NOTHING,
  waitingOn: NOTHING,
};

function display(
  { spec, render, targets }: Observed,
  pods: readonly PodProgress[],
  dependencies: NonNullable<GateStatus['dependencies']>,
  verdicts: readonly Verdict[],
): NonNullable<GateStatus['display']> {
  const open = pods.filter(({ state }) => state === 'open').length;
  const blocking = dependencies.filter(({ blocked }) => blocked > 0).map(({ name }) => name);
  return {
    targets: `${targets.filter(({ isCurrent }) => isCurrent).length}/${targets.length}`,
    pods: `${open}/${pods.length}`,
    init: initColumn(pods, render?.initContainers.length ?? 0),
    dependencies: spec.dependencies.map(({ name }) => name).join(','),
    waitingOn: blocking.join(',') || NOTHING,
    open: openColumn(verdicts, dependencies),
    message: messageColumn(verdicts),
  };
}

/** A gate that is open because a person opened it is told from one whose dependencies are there. */
function openColumn(verdicts: readonly Verdict[], dependencies: readonly DependencyStatus[]): string {
  const status = verdicts.find(({ type }) => type === 'Open')?.status ?? NOTHING;
  const isByHand = dependencies.some(({ opened = 0 }) => opened > 0);
  return status === 'True' && isByHand ? 'ByHand' : status;
}

/** Why it is stalled, which somebody must act on, before why it is open or not. */
function messageColumn(verdicts: readonly Verdict[]): string {
  const of = (wanted: ConditionType) => verdicts.find(({ type }) => type === wanted)?.message;
  return cut(of('Stalled') ?? of('Open') ?? NOTHING, MAX_DISPLAY);
}

/** How far the Pod that is furthest behind has come, of the `total` containers of the render that the Pods carry. */
function initColumn(pods: readonly PodProgress[], total: number): string {
  if (pods.length === 0) return NOTHING;
  if (pods.some(({ state }) => state === 'failed')) return 'Init:Error';
  return `Init:${Math.min(...pods.map(({ passed }) => passed))}/${total}`;
}
