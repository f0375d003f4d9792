import { expect } from 'chai';
import fc from 'fast-check';
import { FairLine, type Place } from '../../src/kube/fair-line.ts';

/** Of the share that its id begins with. */
const place = (id: string, priority = 1): Place => ({ id, priority, share: id.slice(0, 1) });
const places = (...ids: readonly string[]) => ids.map((id) => place(id));

function lineOf(...all: readonly Place[]): FairLine<Place> {
  const line = new FairLine<Place>();
  for (const one of all) line.enqueue(one);
  return line;
}

/** Who is next, of these shares or of all. */
function next(line: FairLine<Place>, shares?: string): string | undefined {
  return line.dequeue((share) => shares?.includes(share) ?? true)?.id;
}

function rest(line: FairLine<Place>): (string | undefined)[] {
  return Array.from({ length: line.size }, () => next(line));
}

describe('FairLine', () => {
  it('lets shares take turns, and keeps the order within each', () => {
    const line = lineOf(...places('a1', 'a2', 'a3', 'b1', 'c1', 'b2'));
    expect(rest(line)).to.deep.equal(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(next(line)).to.equal(undefined);
  });

  it('puts a share that comes back behind those that wait', () => {
    const line = lineOf(...places('a1', 'b1', 'c1'));
    expect(next(line)).to.equal('a1');
    line.enqueue(place('a2'));
    expect(rest(line)).to.deep.equal(['b1', 'c1', 'a2']);
  });

  it('takes what has the higher priority first, and every fourth time what has the lowest', () => {
    const low = ['b1', 'b2'].map((id) => place(id, 0));
    const line = lineOf(...places('a1', 'a2', 'a3', 'a4', 'a5'), ...low);
    expect(rest(line)).to.deep.equal(['a1', 'a2', 'a3', 'b1', 'a4', 'a5', 'b2']);
  });

  it('passes over shares that may not begin, which keep their turn, and looks for others in all priorities', () => {
    const line = lineOf(...places('a1', 'b1', 'a2'), place('c1', 0));
    expect(next(line, 'bc')).to.equal('b1');
    expect(next(line, 'bc')).to.equal('c1');
    expect(next(line, 'bc')).to.equal(undefined);
    line.enqueue(place('b2'));
    expect(rest(line)).to.deep.equal(['a1', 'b2', 'a2']);
  });

  it('moves what gets another priority, and forgets all when it is told', () => {
    const line = lineOf(place('a1', 0), place('b1', 0), place('c1', 1));
    line.reprioritize('a1', 1);
    expect(line.size).to.equal(3);
    expect(rest(line)).to.deep.equal(['c1', 'a1', 'b1']);
    expect(() => line.reprioritize('c1', 0)).to.throw(ReferenceError, 'c1');
    line.enqueue(place('d1'));
    line.clear();
    expect([line.size, next(line)]).to.deep.equal([0, undefined]);
  });

  it('drops the last of the share that has most', () => {
    const line = lineOf(...places('a1', 'b1', 'b2', 'b3', 'c1'));
    expect([line.dropLast()?.id, line.dropLast()?.id]).to.deep.equal(['b3', 'b2']);
    expect(rest(line)).to.deep.equal(['a1', 'b1', 'c1']);
    expect(line.dropLast()).to.equal(undefined);
  });

  it('drops what has the lowest priority in that share, however few of it there are', () => {
    const line = lineOf(...places('b1', 'a1'), ...places('b2', 'b3').map((one) => ({ ...one, priority: 2 })));
    expect(line.dropLast()?.id).to.equal('b1');
    expect(line.dropLast()?.id).to.equal('b3');
  });

  it('makes nobody wait for more than one turn of each other share, however many keys they have', () => {
    const shares = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(shares, (sizes) => {
        const all = sizes.flatMap((size, share) =>
          Array.from({ length: size }, (_, index) => place(`${'abcdefgh'[share]}${index}`)),
        );
        const order = rest(lineOf(...all, place('z')));
        expect(order.indexOf('z')).to.equal(sizes.length);
        expect(order.toSorted()).to.deep.equal([...all.map(({ id }) => id), 'z'].sort());
      }),
    );
  });
});
