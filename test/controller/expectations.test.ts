import { expect } from 'chai';
import { EXPECTATION_LIMIT_MS, Expectations } from '../../src/controller/expectations.ts';

const POD = {
  object: { kind: 'Pod', namespace: 'shop', name: 'pinger-1' },
  uid: 'u1',
  resourceVersion: '100',
};

describe('Expectations, of writes that the stores have not shown', () => {
  it('waits for nothing at first', () => {
    expect(new Expectations().unseenFor(() => undefined, 0)).to.equal(0);
  });

  const cases: [string, { uid: string; resourceVersion: string } | undefined, boolean][] = [
    ['an older version is stored', { uid: 'u1', resourceVersion: '99' }, false],
    ['that version is stored', { uid: 'u1', resourceVersion: '100' }, true],
    ['a newer one is stored, whose digits sort before it', { uid: 'u1', resourceVersion: '1000' }, true],
    ['the object is gone', undefined, true],
    ['the object was made again', { uid: 'u2', resourceVersion: '1' }, true],
  ];
  for (const [when, stored, isSeen] of cases) {
    it(`${isSeen ? 'ends' : 'goes on'} waiting when ${when}`, () => {
      const waiting = new Expectations();
      waiting.expect(POD, 1000);
      expect(waiting.unseenFor(() => stored, 1000)).to.equal(isSeen ? 0 : EXPECTATION_LIMIT_MS);
    });
  }

  it('waits for an object to be gone, whatever its version', () => {
    const waiting = new Expectations();
    waiting.expect({ ...POD, resourceVersion: undefined }, 0);
    expect(waiting.unseenFor(() => ({ uid: 'u1', resourceVersion: '999' }), 0)).to.be.above(0);
    expect(waiting.unseenFor(() => undefined, 0)).to.equal(0);
  });

  it('gives up after the limit, and says how long that is', () => {
    const waiting = new Expectations();
    const behind = () => ({ uid: 'u1', resourceVersion: '1' });
    waiting.expect(POD, 0);
    expect(waiting.unseenFor(behind, 2000)).to.equal(EXPECTATION_LIMIT_MS - 2000);
    expect(waiting.unseenFor(behind, EXPECTATION_LIMIT_MS)).to.equal(0);
  });

  it('waits for the last write of an object, and for the last of all objects', () => {
    const waiting = new Expectations();
    const other = { ...POD, object: { ...POD.object, name: 'pinger-2' } };
    waiting.expect(POD, 0);
    waiting.expect({ ...POD, resourceVersion: '200' }, 1000);
    waiting.expect(other, 500);
    const at = (version: string) => () => ({ uid: 'u1', resourceVersion: version });
    expect(waiting.unseenFor(at('1'), 1000)).to.equal(EXPECTATION_LIMIT_MS);
    expect(waiting.unseenFor(at('150'), 1000)).to.equal(EXPECTATION_LIMIT_MS);
    expect(waiting.unseenFor(at('200'), 1000)).to.equal(0);
  });
});
