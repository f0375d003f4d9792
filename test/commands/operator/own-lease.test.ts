import { expect } from 'chai';
import { ownLease } from '../../../src/commands/operator/own-lease.ts';

const ENV = { POD_NAME: 'operator-5c9', POD_NAMESPACE: 'system', LEASE: 'team-operator' };

describe('ownLease', () => {
  it('is the one that the template names, in the namespace of the Pod, for this very process', () => {
    expect(ownLease(ENV, 'abc')).to.deep.equal({
      namespace: 'system',
      name: 'team-operator',
      identity: 'operator-5c9_abc',
    });
  });

  for (const variable of ['POD_NAME', 'POD_NAMESPACE', 'LEASE'])
    it(`is not known without ${variable}, and that is said in a line`, () => {
      expect(() => ownLease({ ...ENV, [variable]: undefined }, 'abc')).to.throw(
        /^which Lease\? --leader-election takes POD_NAME, POD_NAMESPACE and LEASE/,
      );
    });
});
