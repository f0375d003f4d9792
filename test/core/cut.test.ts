import { expect } from 'chai';
import fc from 'fast-check';
import { plain } from '../../src/api/plain.ts';
import { cut } from '../../src/core/cut.ts';

describe('cut', () => {
  it('leaves alone what is short enough', () => {
    expect(cut('api \u{1F680}', 6)).to.equal('api \u{1F680}');
  });

  it('keeps the beginning', () => {
    expect(cut('waiting', 4)).to.equal('wait');
  });

  it('keeps nothing that a person cannot see', () => {
    expect(cut('a\x07b\x1b[2J\u202ec', 5)).to.equal('a bc');
  });

  it('does not end within a character', () => {
    expect(cut('api \u{1F680}', 5)).to.equal('api ');
  });

  it('gives what arrives at the API server as it was sent', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, fc.nat(12), (whole, max) => {
        const kept = cut(whole, max);
        expect(kept.isWellFormed()).to.equal(true);
        expect(kept.length).to.be.at.most(max);
        expect(plain(whole).startsWith(kept)).to.equal(true);
      }),
    );
  });
});
