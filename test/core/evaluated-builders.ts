import type { Dependency } from '../../src/api/spec.ts';
import { evaluations } from '../../src/core/evaluate/evaluate.ts';
import type { Evaluation } from '../../src/core/evaluate/evaluation.ts';
import { EVALUATOR } from '../../src/core/expression/expression.ts';
import type { Gate, JsonObject, Observation } from '../../src/core/model.ts';
import type { World } from '../../src/core/world.ts';
import { world } from './builders.ts';
import { type GateBuilder, NAMESPACE } from './gate-builder.ts';

/** Dependencies that the operator evaluates, and what it sees of them. */

type Settings<Check extends 'service' | 'resource'> = Partial<NonNullable<Dependency[Check]>>;

export const service = (name: string, settings: Settings<'service'> = {}): Dependency => ({
  name,
  service: { name, ...settings },
});

/** The Job of that name, to be complete where nothing else is said. */
export const jobDone = (name: string, settings: Settings<'resource'> = {}): Dependency => ({
  name,
  resource: { apiVersion: 'batch/v1', kind: 'Job', name, ...settings },
});

/** A custom resource `Database` of that name. */
export const database = (name: string, settings: Settings<'resource'> = {}): Dependency => ({
  name,
  resource: { apiVersion: 'example.com/v1', kind: 'Database', name, ...settings },
});

export const otherGate = (name: string): Dependency => ({ name, gate: { name } });

/** The world, in which this is seen of the dependencies. */
export function seeing(world: World, observations: Readonly<Record<string, Observation>>): World {
  return { ...world, observations: new Map(Object.entries(observations)) };
}

export const UNSEEN = { is: 'unseen' } as const;
export const ABSENT = { is: 'absent' } as const;
export const FORBIDDEN = { is: 'forbidden', message: 'may not read it' } as const;
export const UNKNOWN_KIND = { is: 'unknown kind', message: 'knows no such kind' } as const;

export const seen = (object: JsonObject, isNamespaced = true): Observation => ({
  is: 'object',
  object,
  isNamespaced,
});

/** A Service with one endpoint, that is ready or not. */
export const seenService = (ready: boolean): Observation => ({
  is: 'service',
  service: { spec: { ports: [{ port: 80 }] } },
  slices: [
    { addressType: 'IPv4', ports: [{ port: 80 }], endpoints: [{ addresses: ['a'], conditions: { ready } }] },
  ],
});

export const seenGate = ({ gate }: { readonly gate: Gate }, ...cycle: string[]): Observation => ({
  is: 'gate',
  gate,
  cycle,
});

/** A Job as the API server shows it, with one condition or none yet. */
export function jobObject(
  name: string,
  condition?: 'Complete' | 'Failed',
  uid = `uid-of-${name}`,
): JsonObject {
  const conditions = condition
    ? [{ type: condition, status: 'True', reason: `Job${condition}`, message: 'its own words' }]
    : [];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: NAMESPACE, name, uid, generation: 1 },
    spec: {},
    status: { conditions },
  };
}

export function databaseObject(name: string, status: JsonObject, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'example.com/v1',
    kind: 'Database',
    metadata: { namespace: NAMESPACE, name, uid: `uid-of-${name}`, generation: 1, ...metadata },
    spec: {},
    status,
  };
}

/** A gate whose condition Open is this, of its present generation. */
export function withOpen(
  gate: GateBuilder,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
): GateBuilder {
  const { generation } = gate.gate;
  const open = {
    type: 'Open',
    status,
    reason,
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  } as const;
  return gate.withStatus({ ...gate.gate.status, conditions: [{ ...open, observedGeneration: generation }] });
}

/** What is made of the gate's one dependency, of which that is seen. */
export function evaluatedIn(of: GateBuilder, observation: Observation): Evaluation | undefined {
  const [first] = of.spec.dependencies;
  const name = first?.name ?? '';
  return evaluations(seeing(world(of), { [name]: observation }), of.spec, EVALUATOR).get(name);
}
