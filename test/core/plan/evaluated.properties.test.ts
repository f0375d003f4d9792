import { expect } from 'chai';
import fc from 'fast-check';
import { OPEN_ANNOTATION_PREFIX } from '../../../src/api/names.ts';
import { openedBySpec } from '../../../src/api/settled.ts';
import type { Dependency } from '../../../src/api/spec.ts';
import { evaluatedFingerprint } from '../../../src/core/evaluate/evaluate.ts';
import type { Observation, Pod } from '../../../src/core/model.ts';
import { placeOf } from '../../../src/core/progress/dependency-place.ts';
import { firstUnpassed } from '../../../src/core/progress/pod-progress.ts';
import { targetKeys } from '../../../src/core/targets.ts';
import type { World } from '../../../src/core/world.ts';
import { NOW } from '../builders.ts';
import { carryOut, decide, type Round, settle } from '../simulate.ts';
import { ago } from '../time.ts';
import { worlds } from '../world-arbitraries.ts';

const anyWorld = (holds: (world: World) => void, of = worlds) =>
  fc.assert(fc.property(of, holds), { numRuns: 500 });

/** Those in which more is to be opened: of Pods that all wait in a container, and some for a gate that was never changed. */
const waitingWorlds = worlds.map((world) => ({
  ...world,
  pods: world.pods.map((pod) => inItsTurn({ ...pod, phase: 'Pending' as const, deleting: false })),
}));

/** The Pod, in which the container runs whose turn it is. */
function inItsTurn(pod: Pod): Pod {
  const turn = firstUnpassed(pod);
  if (turn === undefined) return pod;
  const state = { is: 'running', startedAt: ago(5) } as const;
  const others = pod.statuses.filter(({ name }) => name !== turn);
  return { ...pod, statuses: [...others, { name: turn, restarts: 0, state, last: undefined }] };
}

/** Whether a dependency is there for the reconcile with that plan, said once more and from what the worlds are made of. */
function isThere(dependency: Dependency, world: World): boolean {
  const { name, service, resource, gate } = dependency;
  const observation = world.observations.get(name);
  if (service)
    return observation?.is === 'service' && JSON.stringify(observation.slices).includes('"ready":true');
  if (gate) return observation?.is === 'gate' && observation.cycle.length === 0 && isOpen(observation);
  if (!resource) return false;
  if (observation?.is === 'absent') return resource.kind === 'Job' && isRemembered(dependency, world);
  if (observation?.is !== 'object') return false;
  const { kind, status } = observation.object;
  if (resource.expression !== undefined)
    return observation.isNamespaced && JSON.stringify(status) === '{"up":true}';
  return kind === 'Job' && JSON.stringify(status).includes('"Complete"');
}

function isOpen({ gate }: Extract<Observation, { is: 'gate' }>): boolean {
  return gate.status.conditions?.some(({ type, status }) => type === 'Open' && status === 'True') === true;
}

/** What completed counts for as long as its dependency is evaluated by the same, whatever else is changed. */
function isRemembered(dependency: Dependency, { gate }: World): boolean {
  const told = gate.status.dependencies?.find(({ name }) => name === dependency.name);
  const counts = told?.completed?.some(({ superseded }) => !superseded) ?? false;
  return counts && told?.fingerprint === evaluatedFingerprint(dependency);
}

/** The world as it is seen just after a restart: other gates and Pods are known, and no watch of anything else has listed. */
function restarted(world: World): World {
  const observations = [...world.observations].map(([name, one]): [string, Observation] => [
    name,
    one.is === 'gate' ? one : { is: 'unseen' },
  ]);
  return {
    ...world,
    observations: new Map(observations),
    triedRender: undefined,
    repairs: [],
    openings: new Map(),
  };
}

/** What each reconcile sees and does, until there is nothing left to do. */
function passes(world: World): { readonly at: World; readonly plan: Round }[] {
  let at = world;
  return settle(world, NOW).plans.map((plan) => {
    const pass = { at, plan };
    at = carryOut(at, plan, NOW);
    return pass;
  });
}

/** Dependencies that a reconcile opens for Pods, except for those that a gate opens where it leaves. */
function openedIn({ writes }: Round): string[] {
  return writes.flatMap((write) =>
    write.do === 'open-pod' && write.why !== 'the gate is being deleted'
      ? Object.keys(write.annotations).map((key) => key.slice(`${OPEN_ANNOTATION_PREFIX}api.`.length))
      : [],
  );
}

describe('decide, of any world with dependencies that the operator evaluates', () => {
  it('opens nothing but what is there, what spec.open names, and what the gate leaves behind', () => {
    let opened = 0;
    anyWorld((world) => {
      for (const { at, plan } of passes(world)) {
        for (const name of openedIn(plan)) {
          opened += 1;
          const { spec } = at.gate;
          const dependencies = spec.valid ? spec.value.dependencies : [];
          const found = dependencies.find((one) => one.name === name);
          const isBySpec = spec.valid && openedBySpec(spec.value).has(name);
          expect(isBySpec || (found !== undefined && isThere(found, at)), name).to.equal(true);
        }
      }
    }, waitingWorlds);
    // There are some eighteen in a run.
    expect(opened, 'openings that were looked at').to.be.greaterThan(0);
  });

  it('opens every Pod of what the gate names that waits for what is there', () => {
    anyWorld((world) => {
      const settled = settle(world, NOW).world;
      const { gate, pods } = settled;
      if (!gate.spec.valid || gate.deleting || gate.finalizers.length === 0) return;
      const named = targetKeys(gate);
      for (const dependency of gate.spec.value.dependencies) {
        if (!isThere(dependency, settled)) continue;
        const waiting = pods.filter((pod) => {
          const { container } = placeOf(pod, 'api', dependency.name);
          return (
            named.has(pod.target) &&
            !pod.deleting &&
            pod.phase === 'Pending' &&
            pod.statuses.some(({ name, state }) => name === container && state.is === 'running')
          );
        });
        for (const { annotations, name } of waiting)
          expect(annotations, name).to.have.property(`${OPEN_ANNOTATION_PREFIX}api.${dependency.name}`);
      }
    });
  });

  it('says in the status that it is there exactly where it is', () => {
    anyWorld((world) => {
      const plan = decide(world, NOW);
      const { status } = plan;
      const { spec } = world.gate;
      if (!status || !spec.valid) return;
      for (const dependency of spec.value.dependencies) {
        const { satisfied } = status.dependencies?.find(({ name }) => name === dependency.name) ?? {};
        const isSeen = (world.observations.get(dependency.name)?.is ?? 'unseen') !== 'unseen';
        if (satisfied === undefined || !isSeen) continue;
        expect(satisfied, dependency.name).to.equal(isThere(dependency, world));
      }
    });
  });

  it('changes nothing in the status by a restart, and writes only to Pods that it has opened before', () => {
    anyWorld((world) => {
      if (world.refusals.length > 0) return;
      const { world: before, isSilent } = settle(world, NOW);
      expect(isSilent).to.equal(true);
      const { writes, status } = decide(restarted(before), NOW);
      if (status) expect(status).to.deep.equal(before.gate.status);
      for (const write of writes) {
        expect(write.do).to.equal('open-pod');
        if (write.do !== 'open-pod') continue;
        for (const key of Object.keys(write.annotations)) expect(write.pod.annotations).to.have.property(key);
      }
    });
  });
});
