import { expect } from 'chai';
import { placingOf } from '../../../src/core/admission/placing.ts';
import {
  NO_POLICIES,
  NO_POLICY,
  type PolicyView,
  type PolicyViews,
} from '../../../src/core/admission/policies.ts';

const THERE: PolicyView = {
  ...NO_POLICY,
  isThere: true,
  isBound: true,
  writtenAt: '2026-01-01T00:00:00Z',
};
const views = (place: Partial<PolicyView>): PolicyViews => ({
  ...NO_POLICIES,
  'dependencygate-place': { ...THERE, ...place },
});

describe('placingOf', () => {
  it('counts on a policy that is there, bound and of this release, since it was written', () => {
    const placing = placingOf(views({}));
    const there = { isThere: true, since: Date.parse(THERE.writtenAt) };
    expect(placing.get('Deployment')).to.deep.equal(there);
    expect(placing.get('DaemonSet')).to.deep.equal(there);
    expect(placing.get('CronJob')).to.deep.equal({
      isThere: false,
      why: 'MutatingAdmissionPolicy dependencygate-place-cronjob and MutatingAdmissionPolicyBinding dependencygate-place-cronjob is not there: apply config/admission (before Kubernetes 1.36 config/admission-v1beta1)',
    });
  });

  it('counts on none that is not bound, and on none of another release or edited', () => {
    expect(placingOf(views({ isBound: false })).get('Deployment')).to.deep.equal({
      isThere: false,
      why: 'MutatingAdmissionPolicyBinding dependencygate-place is not there: apply config/admission (before Kubernetes 1.36 config/admission-v1beta1)',
    });
    expect(placingOf(views({ isOurs: false })).get('StatefulSet')).to.have.property('isThere', false);
  });

  it('takes one whose time is not known for an old one', () => {
    expect(placingOf(views({ writtenAt: '' })).get('Deployment')).to.deep.equal({ isThere: true, since: 0 });
  });
});
