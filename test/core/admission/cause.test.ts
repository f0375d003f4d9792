import { expect } from 'chai';
import {
  type Cause,
  type CrdView,
  concernsPolicy,
  DISCOVERY_LAG_MS,
  diagnose,
} from '../../../src/core/admission/cause.ts';
import { NO_POLICY, type PolicyView } from '../../../src/core/admission/policies.ts';

const APPLIED = '2026-03-01T10:00:00Z';
const AT = Date.parse(APPLIED) + 3_600_000;
const THERE: PolicyView = { ...NO_POLICY, isThere: true, isBound: true, writtenAt: APPLIED };
const OLD_CRD: CrdView = { createdAt: '2026-01-01T00:00:00Z' };
const later = (ms: number): CrdView => ({ createdAt: new Date(Date.parse(APPLIED) + ms).toISOString() });

const cases: readonly [string, Cause, Partial<PolicyView>, CrdView, number, RegExp][] = [
  [
    'a policy that is gone',
    'policy_missing',
    { isThere: false },
    OLD_CRD,
    AT,
    /^MutatingAdmissionPolicy depend.*not there/,
  ],
  [
    'a binding that is gone',
    'binding_missing',
    { isBound: false },
    OLD_CRD,
    AT,
    /^MutatingAdmissionPolicyBinding depend/,
  ],
  [
    'a policy of another release',
    'policy_differs',
    { isOurs: false },
    OLD_CRD,
    AT,
    /not that of this release/,
  ],
  ['a custom resource that is gone', 'crd_missing', {}, 'absent', AT, /apply crds/],
  [
    'one that was applied after the policy',
    'crd_new',
    {},
    later(60_000),
    Date.parse(APPLIED) + 80_000,
    /has not found the kind/,
  ],
  [
    'one that was applied with it',
    'crd_new',
    {},
    later(-1000),
    Date.parse(APPLIED) + 10_000,
    /has not found the kind/,
  ],
  [
    'a policy of another release with a custom resource that is new, since what is sure goes first',
    'policy_differs',
    { isOurs: false },
    later(-1000),
    Date.parse(APPLIED) + 10_000,
    /not that of this release/,
  ],
  [
    'one that was applied well before it',
    'unknown',
    {},
    later(-10_000),
    Date.parse(APPLIED) + 10_000,
    /check_total/,
  ],
  [
    'one that must be known by now',
    'unknown',
    {},
    later(60_000),
    Date.parse(APPLIED) + 60_000 + DISCOVERY_LAG_MS,
    /check_total/,
  ],
  [
    'one that could not be read',
    'unknown',
    {},
    undefined,
    AT,
    /check_total.*takes? .*out|took the containers out/,
  ],
];

describe('diagnose', () => {
  for (const [what, cause, view, crd, at, words] of cases) {
    it(`says ${cause} of ${what}`, () => {
      const diagnosis = diagnose('dependencygate-inject', { ...THERE, ...view }, crd, at);
      expect(diagnosis.cause).to.equal(cause);
      expect(diagnosis.words).to.match(words);
    });
  }

  it('names both objects where neither is there', () => {
    const { words } = diagnose('dependencygate-inject-cronjob', NO_POLICY, undefined, AT);
    expect(words).to.contain('Policy dependencygate-inject-cronjob and').and.to.contain('PolicyBinding');
  });
});

describe('concernsPolicy', () => {
  it('is false of what passes by itself, and of what is not installed', () => {
    const tells = cases.filter(([, cause]) => concernsPolicy({ cause, words: '' })).map(([, cause]) => cause);
    expect(new Set(tells)).to.deep.equal(new Set(['policy_differs', 'crd_missing', 'unknown']));
  });
});
