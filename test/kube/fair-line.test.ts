import { expect } from 'chai';
import fc from 'fast-check';
import { FairLine, type Place } from '../../src/kube/fair-line.ts';

/** More than any test takes. */
const ENOUGH = 1000;

/** A line whose runs end when the test says so, and are of the share that their ids begin with. */
class Rig {
  readonly line: FairLine;
  readonly #open = new Map<string, () => void>();
  #last = '';

  constructor(workers: number, ...places: readonly Place[]) {
    this.line = new FairLine(workers);
    this.add(...places);
  }

  add(...places: readonly Place[]): void {
    for (const one of places) this.line.enqueue(() => this.#run(one.id), one);
  }

  /** Who is next; undefined where nobody may begin. */
  next(): string | undefined {
    const run = this.line.dequeue();
    void run?.();
    return run && this.#last;
  }

  /** All that may begin. */
  rest(): string[] {
    const begun: string[] = [];
    for (let id = this.next(); id !== undefined; id = this.next()) begun.push(id);
    return begun;
  }

  get open(): string[] {
    return [...this.#open.keys()];
  }

  async end(id: string): Promise<void> {
    this.#open.get(id)?.();
    this.#open.delete(id);
    await new Promise(setImmediate);
  }

  #run(id: string): Promise<void> {
    this.#last = id;
    return new Promise((resolve) => this.#open.set(id, resolve));
  }
}

const place = (id: string, priority = 1): Place => ({ id, priority, share: id.slice(0, 1) });
const places = (...ids: readonly string[]) => ids.map((id) => place(id));

describe('FairLine', () => {
  it('lets shares take turns, and keeps the order within each', () => {
    const rig = new Rig(ENOUGH, ...places('a1', 'a2', 'a3', 'b1', 'c1', 'b2'));
    expect(rig.rest()).to.deep.equal(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(rig.next()).to.equal(undefined);
  });

  it('puts a share that comes back behind those that wait', () => {
    const rig = new Rig(ENOUGH, ...places('a1', 'b1', 'c1'));
    expect(rig.next()).to.equal('a1');
    rig.add(place('a2'));
    expect(rig.rest()).to.deep.equal(['b1', 'c1', 'a2']);
  });

  it('takes what has the higher priority first, and every fourth time what has the lowest', () => {
    const low = ['b1', 'b2'].map((id) => place(id, 0));
    const rig = new Rig(ENOUGH, ...places('a1', 'a2', 'a3', 'a4', 'a5'), ...low);
    expect(rig.rest()).to.deep.equal(['a1', 'a2', 'a3', 'b1', 'a4', 'a5', 'b2']);
  });

  it('moves what gets another priority, and forgets all when it is told', () => {
    const rig = new Rig(ENOUGH, place('a1', 0), place('b1', 0), place('c1', 1));
    rig.line.setPriority('a1', 1);
    expect(rig.line.size).to.equal(3);
    expect(rig.rest()).to.deep.equal(['c1', 'a1', 'b1']);
    expect(() => rig.line.setPriority('c1', 0)).to.throw(ReferenceError, 'c1');
    rig.add(place('d1'));
    rig.line.clear();
    expect([rig.line.size, rig.next()]).to.deep.equal([0, undefined]);
  });

  it('makes nobody wait for more than one turn of each other share, however many keys they have', () => {
    const shares = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(shares, (sizes) => {
        const all = sizes.flatMap((size, share) =>
          Array.from({ length: size }, (_, index) => place(`${'abcdefgh'[share]}${index}`)),
        );
        const order = new Rig(ENOUGH, ...all, place('z')).rest();
        expect(order.indexOf('z')).to.equal(sizes.length);
        expect(order.toSorted()).to.deep.equal([...all.map(({ id }) => id), 'z'].sort());
      }),
    );
  });
});

describe('FairLine, of runs that take long', () => {
  const many = (share: string) => places(...Array.from({ length: 9 }, (_, index) => `${share}${index}`));

  it('gives all workers to a share while nobody else waits', async () => {
    const rig = new Rig(4, ...many('a'));
    expect(rig.rest()).to.deep.equal(['a0', 'a1', 'a2', 'a3']);
    await rig.end('a2');
    expect(rig.rest()).to.deep.equal(['a4']);
    expect(rig.line.running).to.equal(4);
  });

  it('finds half of them for whoever comes, although one share has all', async () => {
    const rig = new Rig(4, ...many('a'));
    rig.rest();
    rig.add(...many('b'));
    expect(rig.rest()).to.deep.equal(['b0', 'b1']);
    await rig.end('b0');
    expect(rig.rest(), 'what is slow gets no more than its half').to.deep.equal(['b2']);
    await rig.end('a0');
    await rig.end('a1');
    expect(rig.rest()).to.deep.equal([]);
    await rig.end('a2');
    expect(rig.rest()).to.deep.equal(['a4']);
  });

  it('leaves no worker without work where only one share is left', async () => {
    const rig = new Rig(4, ...many('a'), place('b0'));
    expect(rig.rest()).to.deep.equal(['a0', 'b0', 'a1', 'a2']);
    await rig.end('b0');
    expect(rig.rest()).to.deep.equal(['a3']);
  });

  it('looks for others in the other priorities too', () => {
    const rig = new Rig(4, ...many('a'));
    rig.rest();
    rig.add(place('b0', 0), place('c0', 0));
    expect(rig.rest()).to.deep.equal(['b0', 'c0']);
  });

  it('has a worker that is free for whoever waits, never more than half as many again, and ends with nothing', async () => {
    const step = fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.nat(8));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, workers) => {
          const rig = new Rig(workers);
          for (const [at, one] of steps.entries()) {
            if (typeof one === 'string') rig.add(place(`${one}${at}`));
            else await rig.end(rig.open[one % Math.max(1, rig.open.length)] ?? '');
            rig.rest();
            expect(rig.line.running).to.be.at.most(Math.floor(1.5 * workers));
            if (rig.line.size > 0) expect(rig.line.running).to.be.at.least(workers);
          }
          while (rig.open.length > 0) {
            await rig.end(rig.open[0] ?? '');
            rig.rest();
          }
          expect([rig.line.size, rig.line.running]).to.deep.equal([0, 0]);
        },
      ),
    );
  });
});
