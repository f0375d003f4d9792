import { expect } from 'chai';
import {
  firstStartsBy,
  firstStartsInForce,
  NO_POLICIES,
  NO_POLICY,
  type Policy,
  type PolicyViews,
} from '../../../src/core/admission/policies.ts';

const there = { ...NO_POLICY, isThere: true, isBound: true };
const having = (...policies: readonly Policy[]): PolicyViews => ({
  ...NO_POLICIES,
  ...Object.fromEntries(policies.map((policy) => [policy, there])),
});
const REFUSING = ['dependencygate-first-start', 'dependencygate-first-start-cronjob'] as const;
const refusing = having(...REFUSING);
const both = having(...REFUSING, 'dependencygate-inject');
const crd = (...lacking: readonly string[]) => ({ lacking, schema: {} });

describe('firstStartsInForce', () => {
  for (const path of ['status', 'status.targets', 'status.targets[].firstStart'])
    it(`refuses nothing where the custom resource keeps no ${path}`, () => {
      expect(firstStartsInForce(refusing, crd('spec.suspend', path))).to.equal('patched');
    });

  for (const path of ['status.targets[].firstStarts', 'status.targets[].passed', 'spec.targets'])
    it(`refuses first starts where it keeps no ${path}, and all else`, () => {
      expect(firstStartsInForce(refusing, crd(path))).to.equal('refused');
    });

  it('is what the policies are for where the custom resource keeps everything, and for those that place', () => {
    for (const views of [NO_POLICIES, refusing])
      expect(firstStartsInForce(views, undefined)).to.equal(firstStartsBy(views));
    expect(firstStartsInForce(both, crd('status.targets[].firstStart'))).to.equal('placed');
  });
});
