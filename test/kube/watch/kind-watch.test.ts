import { expect } from 'chai';
import { ApiError } from '../../../src/kube/api-error.ts';
import { jobs, refused } from './fake-kinds.ts';
import { KindWatchRig } from './kind-watch-rig.ts';

describe('KindWatch', () => {
  let rig: KindWatchRig;
  beforeEach(() => {
    rig = new KindWatchRig();
  });
  afterEach(() => rig.end());

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
      rig.server.failures.resources.push(refused(503), refused(503), refused(500));
      await rig.start();
      expect(rig.watch).to.deep.include({ state: 'looking', problem: 'said 503' });
      await rig.pass(800);
      expect(rig.states, 'the same is said once').to.deep.equal(['looking']);
      await rig.pass(1600);
      expect(rig.watch.problem).to.equal('said 500');
      expect(rig.errors).to.deep.equal(['said 503', 'said 503', 'said 500']);
      await rig.pass(3200);
      expect(rig.watch).to.deep.include({ state: 'watching', problem: undefined });
      expect(rig.states).to.deep.equal(['looking', 'looking', 'watching']);
    });

    it('goes on looking, and says so, where the list fails', async () => {
      rig.server.failures.watch.push(refused(500));
      await rig.start();
      expect(rig.watch).to.deep.include({ state: 'looking', problem: 'said 500' });
      await rig.pass(800);
      expect(rig.watch).to.deep.include({ state: 'watching', problem: undefined });
    });

    it('has no problem to tell of once it has listed', async () => {
      await rig.start();
      rig.server.failures.watch.push(refused(500));
      rig.server.endWatches();
      await rig.quiet();
      await rig.pass(800);
      expect(rig.errors).to.deep.equal(['said 500']);
      expect(rig.watch).to.deep.include({ state: 'watching', problem: undefined });
    });
  });

  it('waits as long as a server that has too much to do asks for', async () => {
    const message = 'too many requests';
    const error = new ApiError({ status: 429, reason: 'TooManyRequests', message, retryAfterMs: 5000 });
    rig.server.failures.resources.push(error);
    await rig.start();
    expect(rig.clock.pending).to.deep.equal([5000]);
    await rig.pass(5000);
    expect(rig.watch.state).to.equal('watching');
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

    it('lists again after 410, with no look for the kind and no word of it', async () => {
      await rig.start();
      rig.server.news();
      rig.server.fail(jobs, 410);
      await rig.quiet();
      await rig.pass(800);
      expect(rig.server.news()).to.deep.equal(['list jobs']);
      expect(rig.states).to.deep.equal(['watching']);
      expect(rig.errors).to.deep.equal([]);
    });

    it('keeps what it knows where the list fails, after more was of interest', async () => {
      await rig.start();
      rig.server.failures.watch.push(refused(503));
      const asked = rig.widen('b');
      await rig.pass(100);
      expect(rig.watch.state).to.equal('watching');
      expect(rig.content).to.equal('a');
      expect(rig.watch.covers(asked)).to.equal(false);
      await rig.pass(800);
      expect(rig.watch.covers(asked)).to.equal(true);
    });
  });
});
