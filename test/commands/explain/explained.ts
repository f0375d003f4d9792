import type { Dependency } from '../../../src/api/spec.ts';
import type { ExplainWorld } from '../../../src/commands/explain/explain-world.ts';
import { layOut } from '../../../src/commands/explain/layout.ts';
import { picture } from '../../../src/commands/explain/picture.ts';
import { nextSteps } from '../../../src/commands/explain/steps/next-steps.ts';
import type { Step } from '../../../src/commands/explain/steps/step.ts';
import type { Evaluator } from '../../../src/core/expression/evaluator.ts';
import { EVALUATOR } from '../../../src/core/expression/expression.ts';
import type { Gate, JsonObject, Observation } from '../../../src/core/model.ts';
import { decide } from '../../../src/core/plan/decide.ts';
import type { World } from '../../../src/core/world.ts';
import {
  type GateBuilder,
  gate,
  NOW,
  PodBuilder,
  pod,
  type WorkloadBuilder,
  workload,
  world,
} from '../../core/builders.ts';

/** What is there besides the gate, its workloads and its Pods. */
export interface Scene extends Partial<Pick<World, 'firstStarts' | 'refusals' | 'repairs'>> {
  readonly observations?: Readonly<Record<string, Observation>>;
  /** What finds out what expressions say; default all of them at once. */
  readonly evaluator?: Evaluator;
  /** The last lines of the log that was read for a dependency. */
  readonly logs?: Readonly<Record<string, readonly string[]>>;
  readonly explain?: Partial<ExplainWorld>;
  /** What the gate is besides what the operator makes of it. */
  readonly gate?: Partial<Gate>;
}

/** A gate as it is explained, its status being what the operator itself makes of the world. */
export function explained(
  of: GateBuilder,
  around: readonly (WorkloadBuilder | PodBuilder)[],
  {
    observations = {},
    evaluator = EVALUATOR,
    logs = {},
    explain = {},
    gate: changed = {},
    ...more
  }: Scene = {},
): ExplainWorld {
  const at: World = { ...world(of, ...around), observations: new Map(Object.entries(observations)), ...more };
  const status = decide(at, NOW, evaluator).status ?? at.gate.status;
  const pods = around.flatMap((one) => (one instanceof PodBuilder ? [one.pod] : []));
  return {
    gate: { ...at.gate, status, ...changed },
    pods,
    facts: new Map(),
    selectors: new Map(),
    troubles: new Map(),
    logs: new Map(Object.entries(logs).map(([name, lines]) => [name, { pod: pods[0]?.name ?? '', lines }])),
    now: NOW,
    flags: '',
    ...explain,
  };
}

/** All that is printed. */
export function printed(world: ExplainWorld): string {
  return layOut(picture(world));
}

/** The lines of one section, as they are printed. */
export function section(world: ExplainWorld, heading: string): string[] {
  const sections = printed(world).trimEnd().split('\n\n');
  const found = sections.find((one) => one.startsWith(heading)) ?? '';
  return found.split('\n').slice(1);
}

export function steps(world: ExplainWorld): readonly Step[] {
  return nextSteps(world);
}

/** The steps about one dependency, of a gate of its own whose only Pod is as `as` makes it. */
export function about(
  dependency: Dependency,
  as: (pod: PodBuilder) => PodBuilder = (one) => one.checking(dependency.name),
  { observation, log, ...scene }: Scene & { observation?: Observation; log?: readonly string[] } = {},
) {
  const of = gate('first').targets('pinger').dependsOn(dependency).rendered();
  const around = [workload('pinger').carrying(of), as(pod('pinger-1').of('pinger').carrying(of))];
  return steps(
    explained(of, around, {
      ...(observation && { observations: { [dependency.name]: observation } }),
      ...(log && { logs: { [dependency.name]: log } }),
      ...scene,
    }),
  );
}

export const say = (all: readonly Step[]) => all.map(({ text }) => text);
export const propose = (all: readonly Step[]) => all.flatMap(({ commands }) => commands);

/** A Service as it is seen, with so many ready endpoints. */
export function seenService(name: string, ready: number): Observation {
  const endpoints = Array.from({ length: ready }, (_, index) => ({ addresses: [`10.0.0.${index}`] }));
  const slice = { addressType: 'IPv4', ports: [{ name: 'main', port: 80 }], endpoints };
  const service = { metadata: { name }, spec: { ports: [{ name: 'main', port: 80 }] } };
  return { is: 'service', service, slices: [slice] };
}

export const NO_SERVICE: Observation = { is: 'service', service: undefined, slices: [] };

/** A Job with a condition that is True. */
export function seenJob(name: string, condition: 'Complete' | 'Failed'): Observation {
  const object: JsonObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, uid: `uid-of-${name}`, generation: 1 },
    spec: { completions: 1 },
    status: {
      conditions: [
        { type: condition, status: 'True', reason: 'BackoffLimitExceeded', message: 'it has failed' },
      ],
    },
  };
  return { is: 'object', object, isNamespaced: true };
}
