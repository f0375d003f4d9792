import { expect } from 'chai';
import { jobs } from './fake-kinds.ts';
import { KindWatchRig } from './kind-watch-rig.ts';

describe('KindWatch', () => {
  let rig: KindWatchRig;
  beforeEach(() => {
    rig = new KindWatchRig();
  });
  afterEach(() => rig.end());

  describe('widen', () => {
    it('lists again once for all that ask within 100 ms of the first', async () => {
      await rig.start();
      rig.server.news();
      rig.widen('b');
      await rig.pass(60);
      const last = rig.widen('c');
      expect(rig.watch.covers(last)).to.equal(false);
      await rig.pass(39);
      expect(rig.server.news()).to.deep.equal([]);
      await rig.pass(1);
      expect(rig.server.news(), 'what it is served as is known').to.deep.equal(['list jobs']);
      expect(rig.watch.covers(last)).to.equal(true);
      expect(rig.content).to.equal('a b c');
      await rig.pass(1000);
      expect(rig.server.news()).to.deep.equal([]);
    });

    it('lists a kind that takes long less often: a tenth of the time at most', async () => {
      rig.server.holding = { lists: true };
      rig.watch.start();
      await rig.quiet();
      await rig.pass(400);
      rig.server.release();
      await rig.quiet();
      rig.server.news();
      const asked = rig.widen('b');
      await rig.pass(3599);
      expect(rig.server.news()).to.deep.equal([]);
      await rig.pass(1);
      expect(rig.server.news()).to.deep.equal(['list jobs']);
      expect(rig.watch.covers(asked)).to.equal(true);
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

    it('breaks off no list that is under way, and lists again after it', async () => {
      rig.server.holding = { lists: true };
      await rig.start();
      const asked = rig.widen('b');
      await rig.pass(100);
      expect(rig.server.news()).to.deep.equal(['discover batch/v1', 'list jobs']);
      rig.server.release();
      await rig.quiet();
      expect(rig.server.news()).to.deep.equal(['list jobs']);
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

    it('ends what was to be listed again', async () => {
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
