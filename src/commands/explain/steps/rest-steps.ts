import { targetAnnotationValue } from '../../../api/names.ts';
import type { TargetReason } from '../../../api/reasons.ts';
import type { TargetStatus } from '../../../api/status.ts';
import { conditionOf, type ExplainWorld } from '../explain-world.ts';
import { kubectl, type Step, step } from './step.ts';

/** What to do about targets that have no Pods, and about Jobs that failed. */
export function restSteps(world: ExplainWorld): Step[] {
  return (world.gate.status.targets ?? []).flatMap((target) => [
    ...failedJob(world, target),
    ...resting(world, target),
    ...withoutPod(world, target),
  ]);
}

function failedJob(world: ExplainWorld, { name, reason, message = '', passed }: TargetStatus): Step[] {
  if (reason !== 'JobFailed') return [];
  const key = `job/${name}`;
  const describe = kubectl(world, `describe ${key}`);
  return passed === undefined
    ? [
        step(
          `${message}. It did so before a Pod of it had passed the gate, and makes no other. Fix the cause, delete the Job and create it again.`,
          describe,
          kubectl(world, `delete ${key}`),
        ),
      ]
    : [
        step(
          `${message}. Its Pods had passed the gate: it failed by itself, and its own log says why.`,
          describe,
          kubectl(world, `logs ${key}`),
        ),
      ];
}

/** What brings the first Pod, where none has passed yet. */
const WAYS: Partial<Record<TargetReason, (name: string, key: string) => readonly [string, string]>> = {
  ScaledToZero: (_, key) => [
    'A Pod of it must pass before the gate is open, so scale it up when it is to run.',
    key.startsWith('job/')
      ? `patch ${key} --type=merge -p '{"spec":{"parallelism":1}}'`
      : `scale ${key} --replicas=1`,
  ],
  NoNode: (_, key) => ['See its node selector, affinity and tolerations.', `describe ${key}`],
  Suspended: (_, key) => [
    'It makes no Pods until spec.suspend is false: a queue such as Kueue does that when its turn has come, and the operator where the annotation dependencygate.dev/start is suspended. Its Events name gates that it waits for in vain.',
    `describe ${key}`,
  ],
  BetweenRuns: (name) => [
    'The next run brings its first Pod. To let it run now:',
    `create job ${name}-now --from=cronjob/${name}`,
  ],
};

function resting(world: ExplainWorld, { kind, name, reason, message = '' }: TargetStatus): Step[] {
  if (conditionOf(world, 'Open')?.reason !== 'NonePassedYet') return [];
  const [, way] = Object.entries(WAYS).find(([known]) => known === reason) ?? [];
  if (way === undefined) return [];
  const [advice, command] = way(name, `${kind.toLowerCase()}/${name}`);
  return [step(`${message}. ${advice}`, kubectl(world, command))];
}

/** A target that wants Pods and gets none: its controller's own words, where they were found. */
function withoutPod(world: ExplainWorld, target: TargetStatus): Step[] {
  if (!lacksPods(target) || conditionOf(world, 'Open')?.reason !== 'NoPodYet') return [];
  const { kind, name } = target;
  const key = `${kind.toLowerCase()}/${name}`;
  const trouble = world.troubles.get(targetAnnotationValue(kind, name));
  if (trouble?.is === 'paused') {
    const text = `${kind} ${name} is paused, so it makes no Pods with the gate's containers. To let it go on:`;
    return [step(text, kubectl(world, `rollout resume ${key}`))];
  }
  const why = trouble
    ? `Its controller says: ${trouble.message}`
    : 'Look at the workload: a quota, an admission webhook that refuses Pods, a paused rollout';
  return [
    step(
      `${kind} ${name} has no Pod with the gate's containers yet. ${why}.`,
      kubectl(world, `describe ${key}`),
      kubectl(world, 'get events --field-selector type=Warning'),
    ),
  ];
}

/** Whether a target that is there has no Pods, although nothing says that it wants none. */
export function lacksPods({ open, waiting, held = 0, state, reason }: TargetStatus): boolean {
  const isThere = state === 'Current' || state === 'Rolling';
  return isThere && open + waiting + held === 0 && (reason === undefined || reason === 'FirstStartUngated');
}
