import { expect } from 'chai';
import fc from 'fast-check';
import type { GateSpec } from '../../../src/api/spec.ts';
import type { Pod } from '../../../src/core/model.ts';
import { placesIn } from '../../../src/core/progress/dependency-place.ts';
import { openKeyOf } from '../../../src/core/progress/opening.ts';
import { firstUnpassed } from '../../../src/core/progress/pod-progress.ts';
import {
  container,
  dns,
  type GateBuilder,
  gate,
  NOW,
  PodBuilder,
  pod,
  workload,
  world,
} from '../builders.ts';
import { seenService, service } from '../evaluated-builders.ts';
import { settle } from '../simulate.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const dependencies = fc.uniqueArray(
  fc.constantFrom(...NAMES.flatMap((name) => [dns(name), service(name), container(name)])),
  { selector: ({ name }) => name, minLength: 1 },
);

/** A kubelet: lets the container go whose dependencies are there, and starts the next. */
function step(at: Pod, there: ReadonlySet<string>, spec: GateSpec): PodBuilder | undefined {
  const turn = firstUnpassed(at);
  if (turn === undefined) return undefined;
  const isThere = placesIn(at, turn).every((place) => {
    const isEvaluated = spec.dependencies.some(({ name, service: one }) => name === place.dependency && one);
    return isEvaluated ? openKeyOf(at, place) !== undefined : there.has(place.dependency);
  });
  return isThere ? started(new PodBuilder(at).passed(named(turn))) : undefined;
}

function started(one: PodBuilder): PodBuilder {
  const next = firstUnpassed(one.pod);
  return next === undefined ? one.with({ phase: 'Running' }) : one.checking(named(next));
}

const named = (container: string) => container.replace('dgate-', '').replace('--', '/');

/** How a gate stands in the end, where its dependencies come one by one. */
function endOf(first: GateBuilder, ends: readonly string[]) {
  const carrier = workload('app').carrying(first);
  let at = world(first, carrier, started(pod('app-1').of('app').carrying(first)));
  for (let count = 0; count <= ends.length; count++) {
    const there = new Set(ends.slice(0, count));
    const observations = new Map(NAMES.map((name) => [name, seenService(there.has(name))]));
    for (;;) {
      at = settle({ ...at, observations }, NOW).world;
      const next = at.pods[0] && step(at.pods[0], there, first.spec);
      if (!next) break;
      at = { ...at, pods: [next.pod] };
    }
  }
  const { conditions = [], pods } = at.gate.status;
  const open = conditions.find(({ type }) => type === 'Open');
  return { open: `${open?.status}/${open?.reason}`, pods };
}

describe('a gate with order: Parallel', () => {
  it('ends as with Sequential, in whatever order its dependencies come, and if some never do', () => {
    const ended = new Set<string>();
    fc.assert(
      fc.property(dependencies, fc.shuffledSubarray(NAMES), (some, ends) => {
        const first = gate('first')
          .targets('app')
          .dependsOn(...some);
        const [sequential, parallel] = (['Sequential', 'Parallel'] as const).map((order) =>
          endOf(first.specifying({ order }).rendered(), ends),
        );
        expect(parallel).to.deep.equal(sequential);
        const isAllThere = some.every(({ name }) => ends.includes(name));
        expect(parallel?.open).to.equal(isAllThere ? 'True/AllPassed' : 'False/Waiting');
        ended.add(parallel?.open ?? '');
      }),
      { numRuns: 100 },
    );
    expect(ended).to.have.length(2);
  });
});
