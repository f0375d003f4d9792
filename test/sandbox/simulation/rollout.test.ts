import { expect } from 'chai';
import fc from 'fast-check';
import {
  bounds,
  planPaused,
  planRecreate,
  planRollingUpdate,
  type Replicas,
} from '../../../src/sandbox/simulation/rollout.ts';
import { observedDeployment } from './builders.ts';

const set = (name: string, wanted: number, available = 0, existing = wanted): Replicas => ({
  name,
  wanted,
  existing,
  available,
});

describe('bounds', () => {
  const rolling = (rollingUpdate: object) => ({ strategy: { type: 'RollingUpdate', rollingUpdate } });
  for (const [spec, surge, unavailable] of [
    [{ replicas: 4 }, 1, 1],
    [{ replicas: 1 }, 1, 0],
    [{ replicas: 10, ...rolling({ maxSurge: '25%', maxUnavailable: '25%' }) }, 3, 2],
    [{ replicas: 4, ...rolling({ maxSurge: 2, maxUnavailable: 0 }) }, 2, 0],
    [{ replicas: 4, ...rolling({ maxSurge: 0, maxUnavailable: 0 }) }, 0, 1],
    [{ replicas: 2, ...rolling({ maxSurge: 0, maxUnavailable: 5 }) }, 0, 2],
    [{ replicas: 3, strategy: { type: 'Recreate' } }, 0, 3],
  ] as const) {
    it(`allows ${surge} too many and ${unavailable} too few for ${JSON.stringify(spec)}`, () => {
      expect(bounds(observedDeployment(spec))).to.deep.equal({ surge, unavailable });
    });
  }
});

describe('planRollingUpdate', () => {
  const cases: [string, Replicas, Replicas[], [string, number][]][] = [
    ['starts a first set with all Pods', set('new', 0), [], [['new', 3]]],
    ['begins an update with the surge', set('new', 0), [set('old', 3, 3)], [['new', 1]]],
    ['keeps the old Pods while the new one waits', set('new', 1), [set('old', 3, 3)], []],
    [
      'gives up one old Pod for a new one that is available',
      set('new', 1, 1),
      [set('old', 3, 3)],
      [['old', 2]],
    ],
    ['keeps even an ailing old Pod while it is not spare', set('new', 1), [set('old', 3, 2)], []],
    ['gives up an ailing old Pod as soon as it is spare', set('new', 1, 1), [set('old', 3, 2)], [['old', 2]]],
    [
      'lets the oldest set go first',
      set('new', 1, 1),
      [set('older', 1, 1), set('old', 2, 2)],
      [['older', 0]],
    ],
    ['shrinks the set when fewer are desired', set('new', 5, 5), [], [['new', 3]]],
    ['does nothing when all is done', set('new', 3, 3), [set('old', 0)], []],
  ];
  for (const [what, next, old, plan] of cases) {
    it(what, () => {
      const planned = planRollingUpdate(3, { surge: 1, unavailable: 0 }, next, old);
      expect([...planned]).to.deep.equal(plan);
    });
  }

  /** A rollout in which each round some of the Pods that are not yet available become so, if they ever do. */
  function rollOut(world: World, newPodsPass: boolean, visit: (sets: Replicas[]) => void): Replicas[] {
    let sets = [...world.old.map((size, n) => set(`old-${n}`, size, size)), set('new', 0)];
    for (let round = 0; round < 400; round++) {
      const [next] = sets.slice(-1);
      if (!next) throw new Error('no set');
      const plan = planRollingUpdate(world.desired, world, next, sets.slice(0, -1));
      sets = sets.map((one) => {
        const wanted = plan.get(one.name) ?? one.wanted;
        const passing =
          one.name === 'new' && newPodsPass ? Math.ceil((wanted - one.available) * world.pace) : 0;
        const available = Math.min(wanted, one.available + passing);
        return { ...one, wanted, available };
      });
      visit(sets);
    }
    return sets;
  }

  type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;
  const worlds = fc
    .record({
      desired: fc.integer({ min: 0, max: 12 }),
      old: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }),
      bounds: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })),
      pace: fc.double({ min: 0.05, max: 1, noNaN: true }),
    })
    .map(({ bounds: [surge, unavailable], ...world }) => ({
      ...world,
      surge,
      unavailable: surge === 0 ? Math.max(1, unavailable) : unavailable,
    }));
  const sum = (sets: readonly Replicas[], field: 'wanted' | 'available') =>
    sets.reduce((total, one) => total + one[field], 0);

  it('never goes below desired − unavailable nor above desired + surge, whatever it starts from', () => {
    fc.assert(
      fc.property(worlds, fc.boolean(), (world, newPodsPass) => {
        const start = world.old.reduce((total, size) => total + size, 0);
        const floor = Math.min(start, world.desired - world.unavailable);
        const ceiling = Math.max(start, world.desired + world.surge);
        rollOut(world, newPodsPass, (sets) => {
          expect(sum(sets, 'available')).to.be.at.least(floor);
          expect(sum(sets, 'wanted')).to.be.at.most(ceiling);
        });
      }),
    );
  });

  it('ends with the new Pods only, once they become available', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const sets = rollOut(world, true, () => {});
        for (const { name, wanted, available } of sets) {
          expect([wanted, available]).to.deep.equal(name === 'new' ? [world.desired, world.desired] : [0, 0]);
        }
      }),
    );
  });
});

describe('planRecreate', () => {
  it('ends the old Pods before it starts new ones', () => {
    const plan = (old: Replicas) => [...planRecreate(2, set('new', 0), [old])];
    expect(plan(set('old', 2, 2))).to.deep.equal([['old', 0]]);
    expect(plan(set('old', 0, 0, 1)), 'one is still there').to.deep.equal([]);
    expect(plan(set('old', 0))).to.deep.equal([['new', 2]]);
  });

  it('does nothing when all is done', () => {
    expect([...planRecreate(2, set('new', 2, 2), [set('old', 0)])]).to.deep.equal([]);
  });
});

describe('planPaused', () => {
  it('scales the set that has the Pods', () => {
    expect([...planPaused(5, [set('old', 3), set('new', 0)])]).to.deep.equal([['old', 5]]);
    expect([...planPaused(3, [set('old', 3), set('new', 0)])]).to.deep.equal([]);
  });

  it('scales the newest set when none has Pods, and leaves several sets with Pods alone', () => {
    expect([...planPaused(2, [set('old', 0), set('new', 0)])]).to.deep.equal([['new', 2]]);
    expect([...planPaused(5, [set('old', 2), set('new', 1)])]).to.deep.equal([]);
  });
});
