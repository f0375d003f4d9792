import { REQUIRE_LABEL } from '../../../api/names.ts';
import { isPlacedInPods } from '../../../api/settled.ts';
import type { TargetStatus } from '../../../api/status.ts';
import { count } from '../../../core/count.ts';
import type { ExplainWorld } from '../explain-world.ts';
import { kubectl, type Step, step } from './step.ts';

/** What to do about the targets. */
export function targetSteps(world: ExplainWorld): Step[] {
  const { targets = [] } = world.gate.status;
  return targets.flatMap((target) => stepsOf(world, target));
}

function stepsOf(world: ExplainWorld, target: TargetStatus): Step[] {
  return [
    ...missing(world, target),
    ...immutable(world, target),
    ...held(world, target),
    ...ungated(world, target),
  ];
}

function missing(world: ExplainWorld, { kind, name, state, reason }: TargetStatus): Step[] {
  if (state !== 'Missing' || reason === 'PassedAndGone') return [];
  return [
    step(
      `${kind} ${name} does not exist in ${world.gate.namespace}. That is fine if it comes later; otherwise correct its name or its kind (Deployment where none is given) in the gate.`,
      kubectl(world, 'get deployments,statefulsets,daemonsets,jobs,cronjobs'),
    ),
  ];
}

function immutable(world: ExplainWorld, { kind, name, state }: TargetStatus): Step[] {
  if (state !== 'Immutable') return [];
  const key = resourceName({ kind, name });
  return [
    step(
      `${kind} ${name} was created without the gate, and a Job never changes. Delete it and create it again; it is gated then.`,
      kubectl(world, `delete ${key}`),
    ),
  ];
}

/** Held Pods are not let go while their gate is there: others take their place, unless something keeps these. */
function held(world: ExplainWorld, { kind, name, held = 0, reason }: TargetStatus): Step[] {
  if (held === 0) return [];
  const key = resourceName({ kind, name });
  const isInPods = isInPodsOf(world, kind);
  const [next, command] = isInPods && reason === 'HeldWithoutGates' ? IN_NO_POD : nextOfHeld(reason, key);
  const when = isInPods
    ? 'made before all that they require was in force'
    : 'made while its Pod template did not carry all that it requires';
  return [step(`${kind} ${name} has ${count(held, 'Pod')} held, ${when}. ${next}`, kubectl(world, command))];
}

function isInPodsOf({ gate: { spec } }: ExplainWorld, kind: TargetStatus['kind']): boolean {
  return spec.valid && isPlacedInPods(spec.value, kind);
}

const IN_NO_POD = [
  'Others take their place once the gates are in force; where they are, admission does not act:',
  'get mutatingadmissionpolicies,mutatingadmissionpolicybindings',
] as const;

/** What becomes of them, and the command that helps or shows it. */
function nextOfHeld(reason: TargetStatus['reason'], key: string): readonly [string, string] {
  switch (reason) {
    case 'HeldWhilePaused':
      return ['It makes others when it is resumed:', `rollout resume ${key}`];
    case 'HeldBelowPartition':
      return [
        'Those below its partition keep the older template until that is lowered:',
        `patch ${key} --type=merge -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'`,
      ];
    case 'HeldWithoutGates':
      return ['The template does not carry it yet; others take their place once it does.', 'get dgate'];
    default:
      return ['Others take their place.', `describe ${key}`];
  }
}

function ungated(world: ExplainWorld, { kind, name, ungated, reason }: TargetStatus): Step[] {
  if (ungated === 0) return [];
  if (isInPodsOf(world, kind)) return [untouched(world, { kind, name, ungated, reason })];
  const why =
    reason === 'FirstStartUngated' ? 'made before the containers were in its template' : 'older than it';
  const key = resourceName({ kind, name });
  const label =
    reason === 'FirstStartUngated'
      ? ` For the next first start, put the label ${REQUIRE_LABEL}: ${world.gate.name} on its Pod template, which needs the admission policies.`
      : '';
  const stop = kind === 'Deployment' ? ' If the app must stop, scale it to 0 and back.' : '';
  return [
    step(
      `${kind} ${name} has ${count(ungated, 'Pod')} without the gate, ${why}. A rolling update keeps such Pods until new ones are available.${stop}${label}`,
      kubectl(world, `get ${key}`),
    ),
  ];
}

/** What a gate with placement Pod leaves as it is. */
function untouched(
  world: ExplainWorld,
  { kind, name, ungated, reason }: Pick<TargetStatus, 'kind' | 'name' | 'ungated' | 'reason'>,
): Step {
  const key = resourceName({ kind, name });
  const label =
    reason === 'FirstStartUngated'
      ? ` For the next first start, put the label ${REQUIRE_LABEL}: ${world.gate.name} on its Pod template.`
      : '';
  return step(
    `${kind} ${name} has ${count(ungated, 'Pod')} without the gate, made before it was in force. With placement Pod they stay as they are, and new Pods get it.${label} To replace them now:`,
    kubectl(world, `rollout restart ${key}`),
  );
}

/** `deployment/pinger`. */
function resourceName({ kind, name }: Pick<TargetStatus, 'kind' | 'name'>): string {
  return `${kind.toLowerCase()}/${name}`;
}
