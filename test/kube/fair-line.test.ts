import { expect } from 'chai';
import fc from 'fast-check';
import { FairLine, type Place } from '../../src/kube/fair-line.ts';

/** A line whose runs are known by their ids. */
function line(...places: readonly Required<Pick<Place, 'id' | 'share'>>[] & readonly Place[]) {
  const fair = new FairLine();
  const ids = new Map<unknown, string>();
  const add = (place: Place) => {
    const run = () => Promise.resolve();
    ids.set(run, place.id ?? '');
    fair.enqueue(run, place);
  };
  for (const place of places) add(place);
  const next = () => ids.get(fair.dequeue());
  const rest = () => Array.from({ length: fair.size }, next);
  return { fair, add, next, rest, idsOf: (runs: readonly unknown[]) => runs.map((run) => ids.get(run)) };
}

const place = (id: string, priority = 1): Required<Pick<Place, 'id' | 'share'>> & Place => ({
  id,
  priority,
  share: id.slice(0, 1),
});

describe('FairLine', () => {
  it('lets shares take turns, and keeps the order within each', () => {
    const { rest, next } = line(...['a1', 'a2', 'a3', 'b1', 'c1', 'b2'].map((id) => place(id)));
    expect(rest()).to.deep.equal(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(next()).to.equal(undefined);
  });

  it('puts a share that comes back behind those that wait', () => {
    const { add, next, rest } = line(place('a1'), place('b1'), place('c1'));
    expect(next()).to.equal('a1');
    add(place('a2'));
    expect(rest()).to.deep.equal(['b1', 'c1', 'a2']);
  });

  it('takes what has the higher priority first, and every fourth time what has the lowest', () => {
    const { rest } = line(
      ...['a1', 'a2', 'a3', 'a4', 'a5'].map((id) => place(id, 1)),
      ...['b1', 'b2'].map((id) => place(id, 0)),
    );
    expect(rest()).to.deep.equal(['a1', 'a2', 'a3', 'b1', 'a4', 'a5', 'b2']);
  });

  it('moves what gets another priority, and forgets what is removed', () => {
    const { fair, rest, idsOf } = line(place('a1', 0), place('b1', 0), place('c1', 1), place('d1', 1));
    fair.setPriority('a1', 1);
    fair.remove('d1');
    fair.remove('d1');
    expect(fair.size).to.equal(3);
    expect(idsOf(fair.filter({ priority: 1 }))).to.deep.equal(['c1', 'a1']);
    expect(idsOf(fair.filter({}))).to.deep.equal(['b1']);
    expect(rest()).to.deep.equal(['c1', 'a1', 'b1']);
    expect(() => fair.setPriority('d1', 0)).to.throw(ReferenceError, 'd1');
  });

  it('makes nobody wait for more than one turn of each other share, however many keys they have', () => {
    const shares = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(shares, (sizes) => {
        const all = sizes.flatMap((size, share) =>
          Array.from({ length: size }, (_, index) => place(`${'abcdefgh'[share]}${index}`)),
        );
        const { add, rest } = line(...all);
        add(place('z'));
        const order = rest();
        expect(order.indexOf('z')).to.equal(sizes.length);
        expect(order.toSorted()).to.deep.equal([...all.map(({ id }) => id), 'z'].sort());
      }),
    );
  });
});
