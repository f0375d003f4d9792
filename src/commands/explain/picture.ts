import { count } from '../../core/count.ts';
import { forHowLong } from '../words.ts';
import { dependencyLines } from './dependency-lines.ts';
import type { ExplainWorld } from './explain-world.ts';
import { heading, type Line, text } from './layout.ts';
import { stepLines } from './steps/next-steps.ts';
import { targetLines } from './target-lines.ts';

/** The whole picture of a gate: what Pods wait for, since when, why, and what to do next. */
export function picture(world: ExplainWorld): Line[] {
  const { gate } = world;
  return [
    heading(`DependencyGate ${gate.namespace}/${gate.name}`),
    ...remarks(world).map((words) => text(2, words)),
    ...conditionLines(world),
    ...(gate.spec.valid ? [...targetLines(world), ...dependencyLines(world)] : []),
    ...stepLines(world),
  ];
}

/** What is not in any section. */
function remarks({ gate }: ExplainWorld): string[] {
  const { pods } = gate.status;
  const isSuspended = gate.spec.valid && gate.spec.value.suspend === true;
  const passed = pods ? [`${pods.open} of ${count(pods.total, 'current Pod')} passed`] : [];
  return [
    [
      ...passed,
      ...(pods && pods.older > 0 ? [`${pods.older} with an older version of the gate`] : []),
      ...(pods && (pods.held ?? 0) > 0 ? [`${pods.held} held`] : []),
      ...(pods && pods.ungated > 0 ? [`${pods.ungated} without the gate`] : []),
    ].join(', '),
    ...(gate.spec.valid ? [] : [`the spec cannot be read: ${gate.spec.message}`]),
    ...(gate.deleting ? ['is being deleted'] : []),
    ...(isSuspended ? ['is suspended: the operator leaves the targets as they are'] : []),
  ].filter((words) => words !== '');
}

function conditionLines({ gate, now }: ExplainWorld): Line[] {
  const { conditions = [] } = gate.status;
  const width = Math.max(0, ...conditions.map(({ type }) => type.length));
  const lines = conditions.map(({ type, status, reason, lastTransitionTime, message }) =>
    text(
      2,
      `${type.padEnd(width)}  ${status} (${reason})${forHowLong(lastTransitionTime, now)}: ${message}`,
      width + 2,
    ),
  );
  return [heading('Conditions'), ...(lines.length > 0 ? lines : [text(2, 'none')])];
}
