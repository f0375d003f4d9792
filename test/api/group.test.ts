import { expect } from 'chai';
import { groupOf } from '../../src/api/group.ts';

describe('groupOf', () => {
  it('is what stands before the version', () => {
    expect(groupOf('apps/v1')).to.equal('apps');
    expect(groupOf('dependencygate.dev/v1alpha1')).to.equal('dependencygate.dev');
  });

  it('is empty for the core group', () => {
    expect(groupOf('v1')).to.equal('');
  });
});
