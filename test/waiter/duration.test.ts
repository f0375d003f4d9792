import { expect } from 'chai';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/waiter/duration.ts';

describe('parseDuration', () => {
  for (const [text, milliseconds] of [
    ['500ms', 500],
    ['2s', 2_000],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['0s', 0],
    ['300s', 300_000],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseDuration(text)).to.equal(milliseconds);
    });
  }

  for (const text of ['', '2', 's', '-2s', '2 s', '2S', '1m30s', '.5s', '1.s', '2d', '1e3ms', 'Infinitys']) {
    it(`refuses '${text}'`, () => {
      expect(parseDuration(text)).to.equal(undefined);
    });
  }

  it('reads what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.nat(), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).to.equal(milliseconds);
      }),
    );
  });

  it('reads a number with any unit as that many of it', () => {
    const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
    fc.assert(
      fc.property(fc.nat(10_000), fc.constantFrom('ms', 's', 'm', 'h' as const), (amount, unit) => {
        expect(parseDuration(`${amount}${unit}`)).to.equal(amount * units[unit]);
      }),
    );
  });
});

describe('formatDuration', () => {
  for (const [milliseconds, text] of [
    [0, '0ms'],
    [1, '1ms'],
    [1_500, '1500ms'],
    [2_000, '2s'],
    [90_000, '90s'],
    [300_000, '5m'],
    [7_200_000, '2h'],
  ] as const) {
    it(`writes ${milliseconds} ms as ${text}`, () => {
      expect(formatDuration(milliseconds)).to.equal(text);
    });
  }
});
