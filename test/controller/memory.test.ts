import { expect } from 'chai';
import { EXPECTATION_LIMIT_MS, Memory } from '../../src/controller/memory.ts';
import type { Refusal } from '../../src/core/model.ts';
import { DISPUTE_WINDOW_MS, removalMark } from '../../src/core/progress/dispute.ts';

const GATE = 'shop/api-first';
const POD = { object: 'Pod/shop/pinger-1', uid: 'u1', resourceVersion: '100' };

describe('Memory', () => {
  const memory = () => new Memory();

  it('knows nothing of a gate at first', () => {
    expect(memory().recall(GATE)).to.deep.equal({
      triedRender: undefined,
      refusals: [],
      repairs: [],
      openings: new Map(),
    });
    expect(memory().unseenFor(GATE, () => undefined, 0)).to.equal(0);
  });

  describe('of writes that the stores have not shown', () => {
    const cases: [string, { uid: string; resourceVersion: string } | undefined, boolean][] = [
      ['an older version is stored', { uid: 'u1', resourceVersion: '99' }, false],
      ['that version is stored', { uid: 'u1', resourceVersion: '100' }, true],
      ['a newer one is stored, whose digits sort before it', { uid: 'u1', resourceVersion: '1000' }, true],
      ['the object is gone', undefined, true],
      ['the object was made anew', { uid: 'u2', resourceVersion: '1' }, true],
    ];
    for (const [when, stored, isSeen] of cases) {
      it(`${isSeen ? 'ends' : 'goes on'} waiting when ${when}`, () => {
        const waiting = memory();
        waiting.expect(GATE, POD, 1000);
        expect(waiting.unseenFor(GATE, () => stored, 1000)).to.equal(isSeen ? 0 : EXPECTATION_LIMIT_MS);
      });
    }

    it('waits for an object to be gone, whatever its version', () => {
      const waiting = memory();
      waiting.expect(GATE, { ...POD, resourceVersion: undefined }, 0);
      expect(waiting.unseenFor(GATE, () => ({ uid: 'u1', resourceVersion: '999' }), 0)).to.be.above(0);
      expect(waiting.unseenFor(GATE, () => undefined, 0)).to.equal(0);
    });

    it('gives up after the limit, and says how long that is', () => {
      const waiting = memory();
      const behind = () => ({ uid: 'u1', resourceVersion: '1' });
      waiting.expect(GATE, POD, 0);
      expect(waiting.unseenFor(GATE, behind, 2000)).to.equal(EXPECTATION_LIMIT_MS - 2000);
      expect(waiting.unseenFor(GATE, behind, EXPECTATION_LIMIT_MS)).to.equal(0);
    });

    it('keeps gates apart', () => {
      const waiting = memory();
      waiting.expect(GATE, POD, 0);
      expect(waiting.unseenFor('shop/other', () => ({ uid: 'u1', resourceVersion: '1' }), 0)).to.equal(0);
    });
  });

  describe('of refusals', () => {
    const refusal = (more: Partial<Refusal>): Refusal => ({
      of: 'target',
      target: 'Deployment/pinger',
      uid: 'u1',
      generation: 1,
      hash: 'h1',
      message: 'no',
      at: 0,
      ...more,
    });

    it('keeps the last one of each target, and one of the render', () => {
      const refusing = memory();
      refusing.refused(GATE, refusal({ message: 'first' }));
      refusing.refused(GATE, refusal({ target: 'Deployment/poller' }));
      refusing.refused(GATE, refusal({ of: 'render', hash: 'h2' }));
      refusing.refused(GATE, refusal({ message: 'second' }));
      const { refusals } = refusing.recall(GATE);
      expect(refusals.map(({ of, target, message }) => [of, target, message])).to.have.deep.members([
        ['target', 'Deployment/poller', 'no'],
        ['render', 'Deployment/pinger', 'no'],
        ['target', 'Deployment/pinger', 'second'],
      ]);
    });

    it('drops those of a target that was accepted, and of no other', () => {
      const refusing = memory();
      refusing.refused(GATE, refusal({}));
      refusing.refused(GATE, refusal({ target: 'Deployment/poller' }));
      refusing.targetAccepted(GATE, { target: 'Deployment/pinger', uid: 'u1', hash: 'h1', at: 0 });
      expect(refusing.recall(GATE).refusals.map(({ target }) => target)).to.deep.equal(['Deployment/poller']);
    });

    it('drops those of renders when one was accepted', () => {
      const refusing = memory();
      refusing.refused(GATE, refusal({ of: 'render' }));
      refusing.renderAccepted(GATE, 'h2');
      expect(refusing.recall(GATE)).to.deep.include({ triedRender: 'h2', refusals: [] });
    });

    it('forgets a gate as a whole', () => {
      const refusing = memory();
      refusing.refused(GATE, refusal({}));
      refusing.renderAccepted(GATE, 'h1');
      expect(refusing.fade(GATE, 0)).to.equal(undefined);
      expect(refusing.recall(GATE)).to.deep.equal({
        triedRender: undefined,
        refusals: [],
        repairs: [],
        openings: new Map(),
      });
    });
  });
});

describe('Memory.tellOnce', () => {
  it('tells what is new, and again only after it had ceased', () => {
    const memory = new Memory();
    const tell = (...now: string[]) => [...memory.tellOnce(GATE, new Set(now))];
    expect(tell('a')).to.deep.equal(['a']);
    expect(tell('a', 'b')).to.deep.equal(['b']);
    expect(tell('b')).to.deep.equal([]);
    expect(tell('a', 'b')).to.deep.equal(['a']);
  });
});

describe('Memory, of openings', () => {
  it('knows when each annotation of a Pod was last written, until the Pod is gone', () => {
    const memory = new Memory();
    memory.opened(GATE, { uid: 'a' }, ['k1', 'k2'], 1);
    memory.opened(GATE, { uid: 'a' }, ['k1'], 2);
    memory.opened(GATE, { uid: 'b' }, ['k1'], 3);
    const all = { 'a k1': 2, 'a k2': 1, 'b k1': 3 };
    expect(Object.fromEntries(memory.recall(GATE).openings)).to.deep.equal(all);
    memory.keepPods(GATE, new Set(['b']));
    expect(Object.fromEntries(memory.recall(GATE).openings)).to.deep.equal({ 'b k1': 3 });
  });
});

describe('Memory.fade', () => {
  const repair = { target: 'Deployment/pinger', uid: 'u1', hash: removalMark(), at: 1000 };

  it('keeps the removals of orphans, and nothing else, until the last of them is past', () => {
    const memory = new Memory();
    memory.targetAccepted(GATE, { ...repair, hash: 'of a render' });
    memory.targetAccepted(GATE, { ...repair, hash: removalMark({ uid: 'u', generation: 2 }) });
    memory.targetAccepted(GATE, repair);
    memory.renderAccepted(GATE, 'h1');
    expect(memory.fade(GATE, 2000)).to.equal(DISPUTE_WINDOW_MS - 1000);
    expect(memory.recall(GATE)).to.deep.include({ repairs: [repair], triedRender: undefined });
    expect(memory.fade(GATE, 1000 + DISPUTE_WINDOW_MS)).to.equal(undefined);
    expect(memory.recall(GATE).repairs).to.deep.equal([]);
  });
});
