import { expect } from 'chai';
import { KindWatch } from '../../src/kube/kind-watch.ts';
import { type Meta, metaOf } from '../../src/kube/object.ts';
import { Store } from '../../src/kube/store.ts';
import { FakeKinds, jobs, refused } from './fake-kinds.ts';
import { ManualClock, settled } from './manual-clock.ts';

/** A watch of Jobs of which only some names are of interest. Jitter is off: pauses are 800, 1600 … ms. */
class Rig {
  readonly server = new FakeKinds();
  readonly clock = new ManualClock();
  readonly store = new Store<Meta>({});
  readonly interesting = new Set(['a']);
  readonly states: string[] = [];
  readonly errors: string[] = [];
  readonly watch = new KindWatch<Meta>({
    requests: this.server,
    apiVersion: 'batch/v1',
    kind: 'Job',
    store: this.store,
    project: (raw) => {
      const meta = metaOf(raw);
      return this.interesting.has(meta.name) ? meta : undefined;
    },
    clock: this.clock,
    random: () => 0,
    onChange: () => this.states.push(this.watch.state),
    onError: ({ message }) => this.errors.push(message),
  });

  constructor() {
    this.server.served.set('Job', jobs);
    for (const name of ['a', 'b', 'c']) this.server.put(jobs, { metadata: { namespace: 'ns', name } });
  }

  async start(): Promise<this> {
    this.watch.start();
    await this.quiet();
    return this;
  }

  /** Until all has happened that waits for no timer. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await settled();
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.quiet();
  }

  widen(name: string): number {
    this.interesting.add(name);
    return this.watch.widen();
  }

  get content(): string {
    return [...this.store.values()].map(({ name }) => name).join(' ');
  }
}

describe('KindWatch', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig();
  });
  afterEach(async () => {
    await rig.watch.stop();
    await rig.quiet();
    expect(rig.clock.pending, 'timers that are left').to.deep.equal([]);
    expect(rig.server.open, 'watches that are left').to.equal(0);
  });

  describe('that begins', () => {
    it('finds what the kind is served as, lists it once and goes on watching', async () => {
      await rig.start();
      expect(rig.server.news()).to.deep.equal(['discover batch/v1', 'list jobs']);
      expect(rig.watch).to.deep.include({ state: 'watching', resource: jobs });
      rig.server.put(jobs, { metadata: { namespace: 'ns2', name: 'a' } });
      rig.server.delete(jobs, 'ns', 'a');
      await rig.quiet();
      expect([...rig.store.values()].map(({ namespace }) => namespace)).to.deep.equal(['ns2']);
      expect(rig.server.news()).to.deep.equal([]);
      expect(rig.states).to.deep.equal(['watching']);
    });

    it('is looking until then', async () => {
      rig.server.holding = { lists: true };
      await rig.start();
      expect(rig.watch.state).to.equal('looking');
      expect(rig.states).to.deep.equal([]);
    });

    it('starts once, however often it is told', async () => {
      await rig.start();
      await rig.start();
      expect(rig.server.news()).to.have.length(2);
    });

    it('goes on looking, and says so, where nothing answers', async () => {
      rig.server.failures.resources.push(refused(503), refused(500));
      await rig.start();
      expect(rig.watch.state).to.equal('looking');
      await rig.pass(800);
      expect(rig.errors).to.deep.equal(['said 503', 'said 500']);
      await rig.pass(1600);
      expect(rig.watch.state).to.equal('watching');
    });
  });

  describe('of a kind that is not served', () => {
    it('is unknown, says so once, and finds it when it comes', async () => {
      rig.server.served.clear();
      await rig.start();
      await rig.pass(800);
      await rig.pass(1600);
      expect(rig.states).to.deep.equal(['unknown']);
      expect(rig.errors).to.deep.equal([]);
      rig.server.served.set('Job', jobs);
      await rig.pass(3200);
      expect(rig.states).to.deep.equal(['unknown', 'watching']);
      expect(rig.content).to.equal('a');
    });

    it('asks every 30 s at least, however long that takes', async () => {
      rig.server.served.clear();
      await rig.start();
      for (let time = 0; time < 30; time++) await rig.pass(30_000);
      rig.server.news();
      await rig.pass(60_000);
      expect(rig.server.news()).to.deep.equal(['discover batch/v1', 'discover batch/v1']);
    });

    it('empties the store when the kind goes, and fills it when it comes back', async () => {
      await rig.start();
      rig.server.served.clear();
      rig.server.failures.watch.push(refused(404));
      rig.server.put(jobs, { metadata: { namespace: 'ns', name: 'b' } });
      await rig.quiet();
      rig.server.endWatches();
      await rig.quiet();
      expect(rig.watch.state).to.equal('unknown');
      expect(rig.content).to.equal('');
      rig.server.served.set('Job', jobs);
      await rig.pass(800);
      expect(rig.watch.state).to.equal('watching');
      expect(rig.content).to.equal('a');
    });
  });

  describe('of a kind that it may not read', () => {
    it('is forbidden, knows what the kind is served as, and reads it when it may', async () => {
      rig.server.failures.watch.push(refused(403), refused(403));
      await rig.start();
      expect(rig.watch).to.deep.include({ state: 'forbidden', resource: jobs });
      await rig.pass(800);
      expect(rig.states).to.deep.equal(['forbidden']);
      await rig.pass(1600);
      expect(rig.states).to.deep.equal(['forbidden', 'watching']);
      expect(rig.content).to.equal('a');
      expect(rig.errors).to.deep.equal([]);
    });

    it('knows no more than that where discovery is refused', async () => {
      rig.server.failures.resources.push(refused(403));
      await rig.start();
      expect(rig.watch).to.deep.include({ state: 'forbidden', resource: undefined });
    });

    it('empties the store when the right is taken', async () => {
      await rig.start();
      rig.server.failures.watch.push(refused(403));
      rig.server.put(jobs, { metadata: { namespace: 'ns', name: 'a' } });
      await rig.quiet();
      rig.server.endWatches();
      await rig.quiet();
      expect(rig.states).to.deep.equal(['watching', 'forbidden']);
      expect(rig.content).to.equal('');
    });

    it('covers nothing that was asked for before', async () => {
      await rig.start();
      expect(rig.watch.covers(0)).to.equal(true);
      rig.server.failures.watch.push(refused(403));
      rig.server.fail(jobs, 403);
      await rig.quiet();
      expect(rig.watch.covers(0)).to.equal(false);
    });

    it('turns unknown when the kind goes meanwhile', async () => {
      rig.server.failures.watch.push(refused(403));
      await rig.start();
      rig.server.served.clear();
      await rig.pass(800);
      expect(rig.states).to.deep.equal(['forbidden', 'unknown']);
    });
  });

  describe('that fails', () => {
    for (const status of [401, 429, 500, 503]) {
      it(`keeps what it knows after ${status}`, async () => {
        await rig.start();
        rig.server.failures.watch.push(refused(status));
        rig.server.endWatches();
        await rig.quiet();
        await rig.pass(800);
        expect(rig.watch.state).to.equal('watching');
        expect(rig.content).to.equal('a');
        await rig.pass(1600);
        expect(rig.server.open).to.equal(1);
        expect(rig.states).to.deep.equal(['watching']);
        expect(rig.errors).to.deep.equal([`said ${status}`]);
      });
    }

    it('lists anew after 410, with no look for the kind and no word of it', async () => {
      await rig.start();
      rig.server.news();
      rig.server.fail(jobs, 410);
      await rig.quiet();
      await rig.pass(800);
      expect(rig.server.news()).to.deep.equal(['list jobs']);
      expect(rig.states).to.deep.equal(['watching']);
      expect(rig.errors).to.deep.equal([]);
    });

    it('keeps what it knows where discovery fails, after more was of interest', async () => {
      await rig.start();
      rig.server.failures.resources.push(refused(503));
      const asked = rig.widen('b');
      await rig.pass(100);
      expect(rig.watch.state).to.equal('watching');
      expect(rig.content).to.equal('a');
      expect(rig.watch.covers(asked)).to.equal(false);
      await rig.pass(800);
      expect(rig.watch.covers(asked)).to.equal(true);
    });
  });

  describe('widen', () => {
    it('lists anew once for all that ask within 100 ms of the first', async () => {
      await rig.start();
      rig.server.news();
      rig.widen('b');
      await rig.pass(60);
      const last = rig.widen('c');
      expect(rig.watch.covers(last)).to.equal(false);
      await rig.pass(39);
      expect(rig.server.news()).to.deep.equal([]);
      await rig.pass(1);
      expect(rig.server.news()).to.deep.equal(['discover batch/v1', 'list jobs']);
      expect(rig.watch.covers(last)).to.equal(true);
      expect(rig.content).to.equal('a b c');
      await rig.pass(1000);
      expect(rig.server.news()).to.deep.equal([]);
    });

    it('is not put off by those who keep asking', async () => {
      await rig.start();
      const first = rig.widen('b');
      for (let time = 0; time < 5; time++) {
        await rig.pass(50);
        rig.watch.widen();
      }
      expect(rig.watch.covers(first)).to.equal(true);
    });

    it('tells when the list covers what it did not, though the state is as it was', async () => {
      await rig.start();
      rig.widen('b');
      await rig.pass(100);
      expect(rig.states).to.deep.equal(['watching', 'watching']);
    });

    it('costs nothing before the first list has begun', async () => {
      rig.watch.start();
      const asked = rig.widen('b');
      await rig.quiet();
      expect(rig.watch.covers(asked)).to.equal(true);
      await rig.pass(1000);
      expect(rig.server.news()).to.deep.equal(['discover batch/v1', 'list jobs']);
    });

    it('breaks off no list that is under way, and lists anew after it', async () => {
      rig.server.holding = { lists: true };
      await rig.start();
      const asked = rig.widen('b');
      await rig.pass(100);
      expect(rig.server.news()).to.deep.equal(['discover batch/v1', 'list jobs']);
      rig.server.release();
      await rig.quiet();
      expect(rig.server.news()).to.deep.equal(['discover batch/v1', 'list jobs']);
      expect(rig.watch.covers(asked)).to.equal(true);
      expect(rig.content).to.equal('a b');
    });

    it('breaks off no later list either', async () => {
      await rig.start();
      rig.widen('b');
      rig.server.holding = { lists: true };
      await rig.pass(100);
      rig.server.news();
      const asked = rig.widen('c');
      await rig.pass(100);
      expect(rig.server.news()).to.deep.equal([]);
      rig.server.release();
      await rig.quiet();
      expect(rig.watch.covers(asked)).to.equal(true);
      expect(rig.content).to.equal('a b c');
    });

    it('waits for a kind that is not there', async () => {
      rig.server.served.clear();
      await rig.start();
      const asked = rig.widen('b');
      await rig.pass(100);
      rig.server.served.set('Job', jobs);
      await rig.pass(800);
      expect(rig.watch.covers(asked)).to.equal(true);
      expect(rig.content).to.equal('a b');
    });
  });

  // What is left after it, timers and watches, is looked at after each test.
  describe('stop', () => {
    it('ends a watch that has not begun, and keeps it from beginning', async () => {
      await rig.watch.stop();
      await rig.start();
      expect(rig.server.news()).to.deep.equal([]);
    });

    it('does not wait for an answer to discovery', async () => {
      rig.server.holding = { resources: true };
      await rig.start();
      await rig.watch.stop();
      expect(rig.states).to.deep.equal([]);
      expect(rig.errors).to.deep.equal([]);
    });

    it('does not wait for a list', async () => {
      rig.server.holding = { lists: true };
      await rig.start();
      await rig.watch.stop();
      expect(rig.states).to.deep.equal([]);
    });

    it('ends a pause', async () => {
      rig.server.served.clear();
      await rig.start();
      expect(rig.clock.pending).to.deep.equal([800]);
      await rig.watch.stop();
    });

    it('ends what was to be listed anew', async () => {
      await rig.start();
      rig.widen('b');
      await rig.watch.stop();
    });

    it('ends a turn that has just begun', async () => {
      await rig.start();
      rig.widen('b');
      await rig.clock.advance(100);
      await rig.watch.stop();
    });

    it('may come twice, and leaves the store as it is', async () => {
      await rig.start();
      await Promise.all([rig.watch.stop(), rig.watch.stop()]);
      rig.widen('b');
      expect(rig.content).to.equal('a');
      expect(rig.states).to.deep.equal(['watching']);
    });
  });
});
