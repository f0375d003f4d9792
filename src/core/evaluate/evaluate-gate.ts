import type { GateCheck } from '../../api/spec.ts';
import type { Gate, Observation } from '../model.ts';
import { gateCondition } from '../status/gate-state.ts';
import type { Evaluation } from './evaluation.ts';
import { gatesBefore } from './references.ts';
import { unseen } from './unseen.ts';

/**
 * Satisfied when the other gate is open, by a status that speaks of its present spec: a Pod of it has passed with its present
 * containers, and none waits now. Pods that are held wait for no dependency, and count for nothing.
 */
export function evaluateGate({ name }: GateCheck, observation: Observation): Evaluation {
  if (observation.is !== 'gate') return unseen(observation, `gate ${name}`);
  if (observation.cycle.length > 0) return cycle(observation.cycle);
  const { status, generation, deleting } = observation.gate;
  if (deleting) return { is: 'waiting', reason: 'BeingDeleted', answer: `gate ${name} is being deleted` };
  const open = gateCondition(status, 'Open');
  if (!open || open.observedGeneration < generation) {
    return { is: 'waiting', reason: 'GateWithoutStatus', answer: `gate ${name} has no status yet` };
  }
  const isHeldOnly = open.reason === 'Held' && status.targets?.some(({ passed }) => passed !== undefined);
  if (open.status === 'True') return { is: 'satisfied', reason: 'GateOpen', answer: `gate ${name} is open` };
  if (isHeldOnly)
    return { is: 'satisfied', reason: 'GateOpen', answer: `Pods passed gate ${name}, and none waits in it` };
  return { is: 'waiting', reason: 'GateNotOpen', answer: `gate ${name} is not open: ${open.reason}` };
}

function cycle(names: readonly string[]): Evaluation {
  const message = cycleWords(names);
  return {
    is: 'waiting',
    reason: 'DependencyCycle',
    answer: message,
    fault: { reason: 'DependencyCycle', message },
  };
}

/** What is wrong with gates that wait for each other, and what to do. */
export function cycleWords(names: readonly string[]): string {
  return `these gates wait for each other and none will ever open: ${names.join(' → ')}`;
}

/**
 * The way from a gate through those that it waits for back to itself, by its name at both ends; empty where there is none.
 * `of` finds a gate of the same namespace.
 */
export function cycleThrough(
  start: string,
  first: string,
  of: (name: string) => Pick<Gate, 'spec'> | undefined,
): readonly string[] {
  const cameFrom = new Map<string, string>([[first, start]]);
  for (const name of cameFrom.keys()) {
    if (name === start) return wayTo(start, cameFrom);
    const gate = of(name);
    for (const next of gate?.spec.valid ? gatesBefore(gate.spec.value) : []) {
      if (!cameFrom.has(next)) cameFrom.set(next, name);
    }
  }
  return [];
}

function wayTo(start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [start];
  for (let at = cameFrom.get(start); at !== undefined && at !== start; at = cameFrom.get(at)) way.unshift(at);
  return [start, ...way];
}
