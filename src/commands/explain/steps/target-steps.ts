import type { TargetStatus } from '../../../api/status.ts';
import type { ExplainWorld } from '../explain-world.ts';
import { count } from '../words.ts';
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

/** Deployments and DaemonSets replace held Pods by themselves; the operator replaces the others'. */
function held(world: ExplainWorld, { kind, name, held = 0, state }: TargetStatus): Step[] {
  if (held === 0) return [];
  const key = resourceName({ kind, name });
  const isBehind = state === 'Pending' || state === 'Refused';
  const next = isBehind
    ? 'The template does not carry it yet; new Pods replace them once it does'
    : 'New Pods replace them; a rollout that is paused keeps them';
  return [
    step(
      `${kind} ${name} has ${count(held, 'Pod')} held, made while the Pod template did not carry the gate. ${next}.`,
      ...(kind === 'Deployment' ? [kubectl(world, `rollout resume ${key}`)] : []),
      kubectl(world, `describe ${key}`),
    ),
  ];
}

function ungated(world: ExplainWorld, { kind, name, ungated, reason }: TargetStatus): Step[] {
  if (ungated === 0) return [];
  const why = reason === 'FirstStartUngated' ? 'made before the containers were patched in' : 'older than it';
  const key = resourceName({ kind, name });
  const stop = kind === 'Deployment' ? ' If the app must stop, scale it to 0 and back.' : '';
  return [
    step(
      `${kind} ${name} has ${count(ungated, 'Pod')} without the gate, ${why}. A rolling update keeps such Pods until new ones are available.${stop}`,
      kubectl(world, `get ${key}`),
    ),
  ];
}

/** `deployment/pinger`. */
function resourceName({ kind, name }: Pick<TargetStatus, 'kind' | 'name'>): string {
  return `${kind.toLowerCase()}/${name}`;
}
