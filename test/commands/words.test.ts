import { expect } from 'chai';
import { duration, forHowLong, quoted, some } from '../../src/commands/words.ts';
import { count } from '../../src/core/count.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('duration', () => {
  for (const [ms, expected] of [
    [0, '0s'],
    [999, '0s'],
    [45 * SECOND, '45s'],
    [MINUTE, '1m'],
    [4 * MINUTE + 12 * SECOND, '4m12s'],
    [HOUR + 59 * SECOND, '1h'],
    [3 * HOUR + 20 * MINUTE + 5 * SECOND, '3h20m'],
    [DAY + 23 * HOUR + 59 * MINUTE, '1d23h'],
    [400 * DAY, '400d'],
  ] as const) {
    it(`writes ${ms} ms as ${expected}`, () => expect(duration(ms)).to.equal(expected));
  }

  it('says nothing of a time that lies ahead or is none', () => {
    expect(duration(-1)).to.equal(undefined);
    expect(duration(Number.NaN)).to.equal(undefined);
  });
});

describe('forHowLong', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');

  it('counts from a time that is known', () => {
    expect(forHowLong('2026-01-01T11:55:48Z', now)).to.equal(' for 4m12s');
  });

  it('says nothing of one that is not known, or that another clock has set ahead', () => {
    expect(forHowLong(undefined, now)).to.equal('');
    expect(forHowLong('', now)).to.equal('');
    expect(forHowLong('2026-01-01T12:00:01Z', now)).to.equal('');
  });
});

describe('count and some', () => {
  it('agree in number', () => {
    expect([0, 1, 2].map((number) => count(number, 'Pod'))).to.deep.equal(['0 Pods', '1 Pod', '2 Pods']);
  });

  it('name ten, and count the others', () => {
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    expect(some(names.slice(0, 2))).to.equal('p0, p1');
    expect(some(names)).to.equal('p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 2 more');
  });

  it('count those whose names are not known', () => {
    expect(some(['a', 'b'], 40)).to.equal('a, b and 38 more');
    expect(some(['a', 'b'], 1), 'the status is older than the Pods').to.equal('a, b');
  });
});

describe('quoted', () => {
  it('leaves words alone and quotes everything else', () => {
    expect(quoted('arn:aws:eks:eu/x_1')).to.equal('arn:aws:eks:eu/x_1');
    expect(quoted('my context')).to.equal("'my context'");
    expect(quoted("a'$(b)")).to.equal("'a'\\''$(b)'");
    expect(quoted('')).to.equal("''");
  });
});
