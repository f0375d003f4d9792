import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalJson, fingerprint } from '../../src/core/canonical.ts';

describe('canonicalJson', () => {
  it('gives equal text for objects that differ in the order of their keys', () => {
    expect(canonicalJson({ b: 1, a: { d: 2, c: 3 } })).to.equal('{"a":{"c":3,"d":2},"b":1}');
  });

  it('keeps the order of lists, which is meaning', () => {
    expect(canonicalJson([2, 1])).not.to.equal(canonicalJson([1, 2]));
  });

  it('makes no difference between an undefined field and none', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).to.equal(canonicalJson({ b: 1 }));
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(canonicalJson(value))).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('fingerprint', () => {
  it('is 16 hexadecimal digits, the same for equal values', () => {
    expect(fingerprint({ a: 1, b: 2 })).to.match(/^[0-9a-f]{16}$/);
    expect(fingerprint({ a: 1, b: 2 })).to.equal(fingerprint({ b: 2, a: 1 }));
  });

  it('differs for values that differ', () => {
    expect(fingerprint({ a: 1 })).not.to.equal(fingerprint({ a: '1' }));
  });
});
