import { expect } from 'chai';
import fc from 'fast-check';
import { FairRuns, type Task } from '../../src/kube/fair-runs.ts';
import { SLOW_MS, type WorkersOptions } from '../../src/kube/workers.ts';
import { ManualClock, settled } from './manual-clock.ts';

const WORKERS = 4;

/** Its timers go off before their time, by the clock. */
class EarlyClock extends ManualClock {
  override after(ms: number, run: () => void): () => void {
    return super.after(ms - 1, run);
  }
}

/** Runs that end when the test says so, and are of the share that their ids begin with, up to a dash. */
class Rig {
  readonly clock: ManualClock;
  readonly runs: FairRuns<Task>;
  readonly #open = new Map<string, () => void>();

  constructor(options: WorkersOptions = { workers: WORKERS }, clock = new ManualClock()) {
    this.clock = clock;
    this.runs = new FairRuns({ ...options, clock: this.clock });
  }

  add(...ids: readonly string[]): void {
    for (const id of ids) this.addWith(id, 1);
  }

  addWith(id: string, priority: number): void {
    const [share = ''] = id.split('-');
    this.runs.add({ id, priority, share, run: () => new Promise((end) => this.#open.set(id, end)) });
  }

  /** What runs, in the order in which it began. */
  get open(): string[] {
    return [...this.#open.keys()];
  }

  async end(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      this.#open.get(id)?.();
      this.#open.delete(id);
      await settled();
    }
  }
}

const many = (share: string, count = 9) => Array.from({ length: count }, (_, index) => `${share}-${index}`);

describe('FairRuns, of runs that are quick', () => {
  it('gives all workers to a share while nobody else waits', async () => {
    const rig = new Rig();
    rig.add(...many('a'));
    expect(rig.open).to.deep.equal(['a-0', 'a-1', 'a-2', 'a-3']);
    await rig.end('a-2');
    expect(rig.open).to.deep.equal(['a-0', 'a-1', 'a-3', 'a-4']);
    expect([rig.runs.running, rig.runs.waiting]).to.deep.equal([4, 4]);
  });

  it('finds half of them for whoever comes, although one share has all', async () => {
    const rig = new Rig();
    rig.add(...many('a'), ...many('b'));
    expect(rig.open.slice(4)).to.deep.equal(['b-0', 'b-1']);
    await rig.end('b-0', 'a-0', 'a-1');
    expect(rig.open).to.deep.equal(['a-2', 'a-3', 'b-1', 'b-2']);
    await rig.end('a-2');
    expect(rig.open).to.deep.equal(['a-3', 'b-1', 'b-2', 'a-4']);
  });

  it('leaves no worker without work where only one share is left', async () => {
    const rig = new Rig();
    rig.add('b-0', ...many('a'));
    expect(rig.open).to.deep.equal(['b-0', 'a-0', 'a-1', 'a-2']);
    await rig.end('b-0');
    expect(rig.open).to.deep.equal(['a-0', 'a-1', 'a-2', 'a-3']);
  });

  it('looks for others in the other priorities too', () => {
    const rig = new Rig();
    rig.add(...many('a'));
    rig.addWith('b-0', 0);
    rig.addWith('c-0', 0);
    expect(rig.open.slice(4)).to.deep.equal(['b-0', 'c-0']);
  });

  it('gives a share no more than is given to each, whatever is idle', async () => {
    const rig = new Rig({ workers: WORKERS, ofOneShare: 1 });
    rig.add(...many('a'), 'b-0');
    expect(rig.open).to.deep.equal(['a-0', 'b-0']);
    await rig.end('a-0');
    expect(rig.open).to.deep.equal(['b-0', 'a-1']);
  });
});

describe('FairRuns, beside shares whose runs do not end', () => {
  for (const count of [1, 2, 5, 20])
    it(`begins what another has within 1.25 s where ${count} of them came just before, and at once after that`, async () => {
      const rig = new Rig();
      for (let index = 0; index < count; index += 1) rig.add(...many(`slow${index}`));
      rig.add('quick-0');
      const came = rig.clock.now();
      while (!rig.open.includes('quick-0') && rig.clock.now() < came + 1250) await rig.clock.advance(10);
      expect(rig.open).to.include('quick-0');
      await rig.end('quick-0');
      await rig.clock.advance(10_000);
      const slow = rig.open;
      expect(slow.length).to.be.at.most(count + 6);

      rig.add(...many('quick'), ...many('other'));
      const begun = ['quick-0', 'quick-1', 'other-0', 'other-1'];
      expect(rig.open).to.have.members([...slow, ...begun]);
      await rig.end(...begun);
      expect(rig.open).to.have.members([...slow, 'quick-2', 'quick-3', 'other-2', 'other-3']);
    });

  it('begins it although a timer goes off a millisecond before its time, as one in seven does', async () => {
    const rig = new Rig({ workers: WORKERS }, new EarlyClock());
    rig.add('a-0', 'b-0', 'c-0', 'd-0', 'quick-0');
    expect(rig.open).not.to.include('quick-0');
    await rig.clock.advance(SLOW_MS);
    expect(rig.open).to.include('quick-0');
  });

  it('has no more runs than eight times the workers, however many of them there are', async () => {
    const rig = new Rig({ workers: 2 });
    for (let index = 0; index < 100; index += 1) rig.add(...many(`slow${index}`));
    await rig.clock.advance(60_000);
    expect(rig.open).to.have.length(16);
    rig.add('quick-0');
    expect(rig.open).to.have.length(16);
  });

  it('takes a share as any other again when what it had was slow once, and no more than that', async () => {
    const rig = new Rig();
    rig.add('once-0', ...many('slow'));
    await rig.clock.advance(4999);
    await rig.end('once-0');
    rig.add(...many('once'));
    expect(rig.open.slice(-2)).to.deep.equal(['once-0', 'once-1']);
  });
});

describe('FairRuns, of shares that are known to be slow', () => {
  let rig: Rig;
  beforeEach('three very slow runs', async () => {
    rig = new Rig();
    rig.add('a-0', 'b-0', 'c-0');
    await rig.clock.advance(5000);
    await rig.end('a-0', 'b-0', 'c-0');
  });

  it('begins half as many as there are workers, in turn, beside all that the others may have', async () => {
    rig.add(...many('quick', 4), 'a-1', 'b-1', 'c-1', 'a-2', 'b-2', ...many('other', 2));
    const others = [...many('quick', 4), ...many('other', 2)];
    expect(rig.open).to.have.members([...others, 'a-1', 'b-1']);
    await rig.end('a-1', 'b-1');
    expect(rig.open).to.have.members([...others, 'c-1', 'a-2']);
  });

  it('begins as many as there are workers where nobody else comes', () => {
    rig.add(...many('a'), ...many('b'));
    expect(rig.open).to.deep.equal(many('a', 4));
  });

  it('forgets that after a minute, or after the next very slow run', async () => {
    expect(rig.runs.remembered).to.equal(3);
    rig.add('a-1');
    await rig.clock.advance(30_000);
    await rig.end('a-1');
    await rig.clock.advance(30_000);
    rig.add('b-1', 'quick-0', 'quick-1', 'b-2', 'a-2', 'a-3', 'a-4');
    expect(rig.open, 'a has what the slow ones have').to.deep.equal([
      'b-1',
      'quick-0',
      'quick-1',
      'b-2',
      'a-2',
      'a-3',
    ]);
    await rig.clock.advance(60_000);
    await rig.end('quick-0');
    expect(rig.runs.remembered).to.equal(1);
  });
});

describe('FairRuns, whatever happens', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), share: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.record({ do: fc.constant('end' as const), at: fc.nat(30) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 249, 250, 5000, 60_000) }),
  );

  it('leaves no worker idle while something waits, has no more than it may, and ends with nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, workers) => {
          const rig = new Rig({ workers });
          for (const [at, one] of steps.entries()) {
            if (one.do === 'add') rig.add(`${one.share}-${at}`);
            else if (one.do === 'wait') await rig.clock.advance(one.ms);
            else await rig.end(rig.open[one.at % Math.max(1, rig.open.length)] ?? '');
            expect(rig.runs.running).to.be.at.most(8 * workers);
            if (rig.runs.waiting > 0) expect(rig.runs.running).to.be.at.least(workers);
          }
          let isIdle = false;
          void rig.runs.idle().then(() => {
            isIdle = true;
          });
          while (rig.open.length > 0) await rig.end(rig.open[0] ?? '');
          await settled();
          expect([isIdle, rig.runs.waiting, rig.runs.running]).to.deep.equal([true, 0, 0]);
          expect(rig.clock.pending).to.deep.equal([]);
        },
      ),
    );
  });
});
