import { expect } from 'chai';
import fc from 'fast-check';
import { Queue, type Requeue } from '../../src/kube/queue.ts';
import { ManualClock, settled } from './manual-clock.ts';

/** A queue whose passes end when the test says so. */
class Rig {
  readonly clock = new ManualClock();
  /** Passes in the order in which they began. */
  readonly begun: string[] = [];
  readonly errors: string[] = [];
  /** The most passes of one key, and of all, that ran at once. */
  mostOfOne = 0;
  mostAtOnce = 0;
  readonly queue: Queue<string>;
  readonly #open: { readonly key: string; readonly end: (again: Requeue | undefined | Error) => void }[] = [];

  /** Keys whose first letter is the same are of one share. */
  constructor(concurrency: number) {
    this.queue = new Queue<string>({
      idOf: (key) => key,
      shareOf: (key) => key.slice(0, 1),
      run: (key) => this.#run(key),
      onError: (key, error) => this.errors.push(`${key}: ${error}`),
      concurrency,
      clock: this.clock,
      random: () => 0,
    });
  }

  get open(): readonly string[] {
    return this.#open.map(({ key }) => key);
  }

  /** Ends the reconcile that has run for longest, or that of a key. */
  async end(result?: Requeue | Error, key?: string): Promise<void> {
    await settled();
    const index = key === undefined ? 0 : this.open.indexOf(key);
    this.#open.splice(index, 1)[0]?.end(result);
    await settled();
  }

  #run(key: string): Promise<Requeue | undefined> {
    this.begun.push(key);
    return new Promise((resolve, reject) => {
      this.#open.push({ key, end: (again) => (again instanceof Error ? reject(again) : resolve(again)) });
      this.mostOfOne = Math.max(this.mostOfOne, this.open.filter((other) => other === key).length);
      this.mostAtOnce = Math.max(this.mostAtOnce, this.open.length);
    });
  }
}

describe('Queue.add', () => {
  it('makes one reconcile of many adds, and begins it later than the adds', async () => {
    const rig = new Rig(1);
    for (const _ of [1, 2, 3]) rig.queue.add('a');
    expect(rig.begun).to.deep.equal([]);
    await rig.end();
    expect(rig.begun).to.deep.equal(['a']);
    expect(rig.queue.known).to.equal(0);
  });

  it('makes another reconcile, when this one is over, of adds during a reconcile', async () => {
    const rig = new Rig(4);
    rig.queue.add('a');
    await settled();
    rig.queue.add('a');
    rig.queue.add('a', 'initial');
    await settled();
    expect(rig.begun).to.deep.equal(['a']);
    await rig.end();
    expect(rig.begun).to.deep.equal(['a', 'a']);
    await rig.end();
    expect(rig.begun).to.deep.equal(['a', 'a']);
    expect(rig.queue.known).to.equal(0);
  });

  it('runs as many keys at once as it may', async () => {
    const rig = new Rig(2);
    for (const key of ['a', 'b', 'c']) rig.queue.add(key);
    await settled();
    expect(rig.open).to.deep.equal(['a', 'b']);
    expect([rig.queue.running, rig.queue.waiting]).to.deep.equal([2, 1]);
    await rig.end();
    expect(rig.open).to.deep.equal(['b', 'c']);
  });

  it('lets shares take turns, however many keys each has', async () => {
    const rig = new Rig(1);
    for (const key of ['first', 'a1', 'a2', 'a3', 'b1']) rig.queue.add(key);
    for (const _ of [1, 2, 3, 4, 5]) await rig.end();
    expect(rig.begun).to.deep.equal(['first', 'a1', 'b1', 'a2', 'a3']);
  });

  it('goes on with one share while all reconciles of another take for ever', async () => {
    const rig = new Rig(4);
    for (const key of ['a1', 'a2', 'a3', 'a4', 'a5']) rig.queue.add(key);
    await settled();
    expect(rig.open).to.deep.equal(['a1', 'a2', 'a3', 'a4']);
    for (const key of ['b1', 'b2', 'b3']) rig.queue.add(key);
    for (const key of ['b1', 'b2', 'b3']) await rig.end(undefined, key);
    expect(rig.open).to.deep.equal(['a1', 'a2', 'a3', 'a4']);
    expect(rig.queue.waiting).to.equal(1);
  });

  it('goes on with one share while reconciles of all others take for ever', async () => {
    const rig = new Rig(4);
    for (const share of 'bcdefghijklmnopqrstu') {
      for (const number of [1, 2, 3, 4, 5]) rig.queue.add(`${share}${number}`);
    }
    await rig.clock.advance(1500);
    for (const key of ['a1', 'a2', 'a3']) {
      rig.queue.add(key);
      await settled();
      expect(rig.open).to.include(key);
      await rig.end(undefined, key);
    }
    expect(rig.mostAtOnce).to.be.at.most(32);
  });

  it('gives everything else in the process a turn between reconciles that wait for nothing', async () => {
    const order: string[] = [];
    const queue = new Queue<string>({
      idOf: (key) => key,
      run: async (key) => void order.push(key),
      onError: () => {},
      concurrency: 2,
      clock: new ManualClock(),
      random: () => 0,
    });
    for (let count = 0; count < 100; count += 1) queue.add(String(count));
    for (let turn = 0; turn < 200 && queue.known > 0; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('else');
    }
    const inARow = order
      .join(' ')
      .split('else')
      .map((keys) => keys.trim().split(' ').length);
    expect(order).to.include('99');
    expect(Math.max(...inARow)).to.be.at.most(2);
  });

  it('takes changes before the initial list, also for keys that wait as part of it', async () => {
    const rig = new Rig(1);
    for (const key of ['a', 'b', 'c']) rig.queue.add(key, 'initial');
    rig.queue.add('d');
    rig.queue.add('c');
    rig.queue.add('d', 'initial');
    for (const _ of [1, 2, 3, 4]) await rig.end();
    expect(rig.begun).to.deep.equal(['a', 'd', 'c', 'b']);
  });
});

describe('Queue.addAfter', () => {
  it('adds the key when the time has come; of several wishes the earliest counts', async () => {
    const rig = new Rig(1);
    rig.queue.addAfter('a', 100);
    rig.queue.addAfter('a', 50);
    rig.queue.addAfter('a', 70);
    await rig.clock.advance(49);
    expect(rig.begun).to.deep.equal([]);
    await rig.clock.advance(1);
    expect(rig.begun).to.deep.equal(['a']);
    await rig.end();
    await rig.clock.advance(1000);
    expect(rig.begun).to.deep.equal(['a']);
    expect(rig.queue.known).to.equal(0);
  });
});

describe('a reconcile of the Queue', () => {
  it('is followed by another after the time that it names', async () => {
    const rig = new Rig(1);
    rig.queue.add('a');
    await rig.end({ afterMs: 300 });
    await rig.clock.advance(299);
    expect(rig.begun).to.have.length(1);
    await rig.clock.advance(1);
    expect(rig.begun).to.have.length(2);
  });

  it('makes void when an earlier one wanted to look again, and not what anybody else asked for', async () => {
    const rig = new Rig(1);
    rig.queue.add('a');
    await rig.end({ afterMs: 300 });
    rig.queue.add('a');
    await rig.end();
    expect(rig.queue.known).to.equal(0);
    rig.queue.add('a');
    await rig.end({ afterMs: 300 });
    rig.queue.addAfter('a', 500);
    rig.queue.add('a');
    await rig.end();
    await rig.clock.advance(1000);
    expect(rig.begun).to.have.length(5);
  });

  it('backs off from 0.5 s to 5 min for as long as it asks for it, each key for itself', async () => {
    const rig = new Rig(1);
    const delays: number[] = [];
    rig.queue.add('a');
    for (let count = 0; count < 11; count += 1) {
      await rig.end({ backoff: true });
      const [delay = 0] = rig.clock.pending;
      delays.push(delay);
      await rig.clock.advance(delay);
    }
    expect(delays).to.deep.equal([
      500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000,
    ]);
    rig.queue.add('b');
    await rig.end({ backoff: true });
    await rig.end({ backoff: true });
    expect(rig.clock.pending).to.deep.equal([500, 300_000]);
  });

  it('begins its back-off again after a reconcile that did not ask for it, and forgets the key', async () => {
    const rig = new Rig(1);
    rig.queue.add('a');
    await rig.end({ backoff: true });
    await rig.clock.advance(500);
    await rig.end();
    expect(rig.queue.known).to.equal(0);
    rig.queue.add('a');
    await rig.end({ backoff: true });
    expect(rig.clock.pending).to.deep.equal([500]);
  });

  it('backs off for at least as long as it says', async () => {
    const rig = new Rig(1);
    rig.queue.add('a');
    await rig.end({ backoff: true, atLeastMs: 7000 });
    expect(rig.clock.pending).to.deep.equal([7000]);
  });

  it('is reported and backs off when it throws', async () => {
    const rig = new Rig(1);
    rig.queue.add('a');
    await rig.end(new Error('broken'));
    expect(rig.errors).to.deep.equal(['a: Error: broken']);
    expect(rig.clock.pending).to.deep.equal([500]);
  });

  it('comes at once when something changes while the key backs off', async () => {
    const rig = new Rig(1);
    rig.queue.add('a');
    await rig.end({ backoff: true });
    rig.queue.add('a');
    await settled();
    expect(rig.begun).to.deep.equal(['a', 'a']);
  });
});

describe('Queue.stop', () => {
  it('drops what waits or is delayed, and waits for what runs', async () => {
    const rig = new Rig(1);
    rig.queue.addAfter('late', 100);
    rig.queue.add('a');
    rig.queue.add('b');
    await settled();
    const stopped = rig.queue.stop(1000);
    rig.queue.add('c');
    rig.queue.addAfter('c', 1);
    expect(rig.clock.pending).to.include(1000);
    await rig.end({ backoff: true });
    expect(await stopped).to.equal(true);
    expect(rig.begun).to.deep.equal(['a']);
    expect(rig.clock.pending).to.deep.equal([]);
  });

  it('waits no longer than its limit', async () => {
    const rig = new Rig(1);
    rig.queue.add('a');
    await settled();
    const stopped = rig.queue.stop(1000);
    await rig.clock.advance(1000);
    expect(await stopped).to.equal(false);
  });

  it('ends at once when nothing runs', async () => {
    const rig = new Rig(1);
    expect(await rig.queue.stop(1000)).to.equal(true);
    expect(rig.clock.pending).to.deep.equal([]);
  });
});

describe('Queue, whatever happens', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const ending = fc.constantFrom<(Requeue | Error | undefined)[]>(
    undefined,
    { afterMs: 40 },
    { backoff: true },
    new Error('x'),
  );
  const step = fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      key,
      priority: fc.constantFrom('change' as const, 'initial' as const),
    }),
    fc.record({ do: fc.constant('addAfter' as const), key, ms: fc.nat(200) }),
    fc.record({ do: fc.constant('end' as const), key, ending }),
    fc.record({ do: fc.constant('advance' as const), ms: fc.nat(2000) }),
    fc.record({ do: fc.constant('settle' as const) }),
  );

  async function play(
    steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
    concurrency: number,
  ) {
    const rig = new Rig(concurrency);
    /** Keys, and how many passes of them had begun when they were last added. */
    const owed = new Map<string, number>();
    const passes = (of: string) => rig.begun.filter((each) => each === of).length;
    for (const each of steps) {
      if (each.do === 'add') rig.queue.add(each.key, each.priority);
      else if (each.do === 'addAfter') rig.queue.addAfter(each.key, each.ms);
      else if (each.do === 'advance') await rig.clock.advance(each.ms);
      else if (each.do === 'settle') await settled();
      else if (rig.open.includes(each.key)) await rig.end(each.ending, each.key);
      if (each.do === 'add' || each.do === 'addAfter') owed.set(each.key, passes(each.key));
    }
    for (let rest = 0; rest < 1000 && rig.queue.known > 0; rest += 1) {
      await rig.end();
      await rig.clock.advance(1000);
    }
    const lost = [...owed].filter(([of, before]) => passes(of) <= before).map(([of]) => of);
    return { rig, lost };
  }

  it('never runs a key twice at once, keeps to its concurrency, loses no add, and forgets all in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, concurrency) => {
          const { rig, lost } = await play(steps, concurrency);
          expect(rig.mostOfOne).to.be.at.most(1);
          // And more where some take long: see Workers.
          expect(rig.mostAtOnce).to.be.at.most(8 * concurrency);
          expect(lost).to.deep.equal([]);
          expect(rig.queue.known).to.equal(0);
          expect(rig.clock.pending).to.deep.equal([]);
        },
      ),
    );
  });
});
