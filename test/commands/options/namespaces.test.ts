import { expect } from 'chai';
import { InvalidArgumentError } from 'commander';
import { namespaces } from '../../../src/commands/options/namespaces.ts';

describe('namespaces on the command line', () => {
  it('are names with commas between, each once', () => {
    expect(namespaces('team-a')).to.deep.equal(['team-a']);
    expect(namespaces('team-a, b,team-a,0')).to.deep.equal(['team-a', 'b', '0']);
    expect(namespaces('x'.repeat(63))).to.have.length(1);
  });

  for (const [text, says] of [
    ['', /^A name is missing/],
    ['team-a,', /^A name is missing/],
    ['Team', /^"Team" is no name of a namespace/],
    ['a/b', /^"a\/b"/],
    ['-a', /^"-a"/],
    ['*', /^"\*"/],
    ['x'.repeat(64), /^"x{64}"/],
  ] as const) {
    it(`are not "${text}"`, () => {
      expect(() => namespaces(text)).to.throw(InvalidArgumentError, says);
    });
  }
});
