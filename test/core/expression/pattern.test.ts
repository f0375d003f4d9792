import { expect } from 'chai';
import { compilePattern, estimateStates, PatternError } from '../../../src/core/expression/pattern.ts';

describe('compilePattern', () => {
  it("gives RE2's idea of a match: anywhere in the text, by code points", () => {
    expect(compilePattern('b+').matches('abbc')).to.equal(true);
    expect(compilePattern('^b').matches('abbc')).to.equal(false);
    expect(compilePattern('^.$').matches('😀')).to.equal(true);
    expect(compilePattern('(?i)^READY$').matches('Ready')).to.equal(true);
    expect(compilePattern('^\\pL+$').matches('Straße')).to.equal(true);
  });

  for (const source of ['(', '[', 'a**', '(?=a)', '(?<!a)b', '(a)\\1', '\\pX']) {
    it(`refuses ${source} in RE2's words`, () => {
      expect(() => compilePattern(source)).to.throw(PatternError, /^error parsing regexp: /);
    });
  }

  it('takes the patterns of everyday', () => {
    for (const source of [
      '^v?(\\d+)\\.(\\d+)\\.(\\d+)(-[0-9A-Za-z.-]+)?$',
      '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
      '^((25[0-5]|(2[0-4]|1\\d|[1-9]|)\\d)\\.?\\b){4}$',
      '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
      '(?i)(ready|available|complete)',
    ]) {
      expect(() => compilePattern(source), source).to.not.throw();
    }
  });

  for (const source of [
    'x{1000}x{1000}',
    '(x{30}){33}',
    '(?:(?:x{10}){10}){10}',
    '(?P<name>x{40}){40}',
    '(xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx){1000}',
    '(\\pL{20}){20}',
    '([\\pL(]{20}){20}',
    '(?i)(abcdefghij){20}',
    `${'x'.repeat(600)}`,
    `[${'x'.repeat(1100)}]`,
    '(xxxxxxxxxx[[:alpha:])(]){100}',
    '(xxxxxxxxxx\\Q)(\\E){100}',
    '(xxxxxxxxxx\\)){100}',
  ]) {
    it(`refuses ${source.slice(0, 60)} before it is compiled, as too large`, () => {
      expect(() => compilePattern(source)).to.throw(PatternError, 'too large');
    });
  }
});

describe('estimateStates', () => {
  it('grows with what is repeated, as often as it is', () => {
    const one = estimateStates('(?:abc)');
    expect(estimateStates('(?:abc){5}')).to.be.within(3 * one, 6 * one);
    expect(estimateStates('(?:abc){2,5}')).to.equal(estimateStates('(?:abc){5}'));
    expect(estimateStates('(?:abc){5,}')).to.equal(estimateStates('(?:abc){5}'));
    expect(estimateStates('a{,5}')).to.equal(estimateStates('axxxx'));
  });

  it('takes time in proportion to the pattern, however many of its classes are not closed', () => {
    expect(estimateStates('['.repeat(1_000_000))).to.be.at.most(10);
    expect(estimateStates('[[a]')).to.equal(estimateStates('[b]'));
  });

  it('is no less than what is open or closed too often', () => {
    expect(estimateStates('((((aaaa')).to.be.at.least(4);
    expect(estimateStates('aaaa))))')).to.be.at.least(4);
  });
});
