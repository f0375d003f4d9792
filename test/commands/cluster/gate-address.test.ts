import { expect } from 'chai';
import { InvalidArgumentError } from 'commander';
import { gateAddress, label } from '../../../src/commands/cluster/gate-address.ts';

describe('gateAddress', () => {
  it('reads NAMESPACE/NAME and NAME', () => {
    expect(gateAddress('my-namespace/api-first')).to.deep.equal({
      namespace: 'my-namespace',
      name: 'api-first',
    });
    expect(gateAddress('api-first')).to.deep.equal({ namespace: undefined, name: 'api-first' });
  });

  for (const wrong of [
    '',
    '/',
    'a/',
    '/a',
    'a/b/c',
    'A',
    'a.b',
    '..',
    '../a',
    'a%2fb',
    'a b',
    '-a',
    'a?b=c',
  ]) {
    it(`refuses ${JSON.stringify(wrong)}, which would be another path`, () => {
      expect(() => gateAddress(wrong)).to.throw(InvalidArgumentError);
    });
  }

  it('refuses a name that is too long', () => {
    expect(label('a'.repeat(63))).to.have.length(63);
    expect(() => label('a'.repeat(64))).to.throw(InvalidArgumentError);
  });
});
