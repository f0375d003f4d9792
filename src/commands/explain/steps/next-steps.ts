import { conditionOf, type ExplainWorld, podStates } from '../explain-world.ts';
import { heading, type Line, text, verbatim } from '../layout.ts';
import { dependencySteps } from './dependency-steps.ts';
import { gateSteps } from './gate-steps.ts';
import { behindSteps, ownContainerSteps } from './own-container-steps.ts';
import { podSteps } from './pod-steps.ts';
import { releaseSteps } from './release-steps.ts';
import { restSteps } from './rest-steps.ts';
import { kubectl, type Step, step } from './step.ts';
import { targetSteps } from './target-steps.ts';

/** What to do next, the most pressing first: the gate, what its Pods wait for, its targets. */
export function nextSteps(world: ExplainWorld): Step[] {
  const steps = [
    ...gateSteps(world),
    ...podSteps(world),
    ...behindSteps(world),
    ...dependencySteps(world),
    ...targetSteps(world),
    ...restSteps(world),
    ...ownContainerSteps(world),
    ...openedSteps(world),
    ...releaseSteps(world),
  ];
  if (steps.length > 0) return steps;
  const open = conditionOf(world, 'Open');
  if (open?.status === 'True') return [step('Nothing: the gate is open.')];
  return [...otherGates(world)];
}

/** What an incident leaves behind: later Pods would not wait either. */
function openedSteps(world: ExplainWorld): Step[] {
  const { gate } = world;
  const open = gate.spec.valid ? (gate.spec.value.open ?? []) : [];
  if (open.length === 0 || (gate.status.pods?.waiting ?? 0) > 0) return [];
  return [
    step(
      `spec.open opens ${open.includes('*') ? 'all dependencies' : open.join(' and ')} for later Pods too. When what it was for is over:`,
      kubectl(world, `patch dgate ${gate.name} --type=merge -p '{"spec":{"open":null}}'`),
    ),
  ];
}

/** All that is left: the Pods wait in gates whose names sort before this one, or nothing has happened yet. */
function otherGates(world: ExplainWorld): Step[] {
  const others = new Set(
    podStates(world).flatMap(({ otherGate, behind }) => (behind ? [] : (otherGate ?? []))),
  );
  if (others.size === 0)
    return [
      step(
        'Nothing yet: the operator is at work. The events tell what it did.',
        kubectl(world, `describe dgate ${world.gate.name}`),
      ),
    ];
  return [...others].map((gate) =>
    step(
      `The Pods wait in gate ${gate}, whose name sorts before this one. What that waits for:`,
      kubectl(world, `dgate explain ${gate}`),
    ),
  );
}

export function stepLines(world: ExplainWorld): Line[] {
  const lines = nextSteps(world).flatMap(({ text: words, commands }, index) => [
    text(2, `${index + 1}. ${words}`, 3),
    ...commands.map((command) => verbatim(7, command)),
  ]);
  return [heading('What to do next'), ...lines];
}
