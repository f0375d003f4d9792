import { expect } from 'chai';
import type { TargetStatus } from '../../../src/api/status.ts';
import { firstStartOf } from '../../../src/core/progress/first-start-latch.ts';
import { invalidStatus } from '../../../src/core/status/gate-status.ts';
import { cronJob, dns, gate, job, NOW, statefulSet, type WorkloadBuilder, workload } from '../builders.ts';

const rendered = gate('first').targets('pinger').dependsOn(dns('api')).rendered();
const unrendered = gate('first').targets('pinger').dependsOn(dns('api'));
const UID = 'uid-of-pinger';

/** What the gate's status says of its target before. */
type Told = Partial<TargetStatus> | undefined;

function latched(of: WorkloadBuilder, told: Told, by = rendered): boolean {
  const { workload: seen } = of;
  const target = { kind: seen.kind, name: seen.name };
  const counts = { open: 0, waiting: 0, ungated: 0 };
  const before = told && { ...target, state: 'Pending' as const, ...counts, ...told };
  const status = { ...by.gate.status, ...(before && { targets: [before] }) };
  const found = firstStartOf(target, seen, by.withStatus(status).gate);
  expect(found).to.be.oneOf([undefined, seen.uid]);
  return found !== undefined;
}

describe('firstStartOf', () => {
  const young = workload('pinger').replicas(0);
  const running = workload('pinger').replicas(2);
  const cases: readonly [string, boolean, WorkloadBuilder, Told][] = [
    ['was missing before, without Pods', true, young, { state: 'Missing' }],
    ['was missing before, with Pods that others let in', true, running, { state: 'Missing' }],
    ['was told of as such before', true, running, { state: 'Current', firstStart: UID }],
    ['took the place of another first start', true, running, { state: 'Current', firstStart: 'uid-before' }],
    ['took the place of one that ran before the gate', false, running, { state: 'Current' }],
    ['is not told of yet, and has no Pods', true, young, undefined],
    ['is not told of yet, and has Pods', false, running, undefined],
    ['is not told of yet, and was changed before', false, young.with({ generation: 2 }), undefined],
    ['ran before the gate', false, running, { state: 'Rolling' }],
    ['ran before the gate, and has no Pods now', false, young, { state: 'Pending' }],
    ['is a StatefulSet that was missing', true, statefulSet('pinger'), { state: 'Missing' }],
    [
      'is a StatefulSet whose partition keeps its first template',
      false,
      statefulSet('pinger').with({ partition: 1 }),
      { state: 'Missing' },
    ],
    ['is a CronJob that was missing', true, cronJob('pinger'), { state: 'Missing' }],
    ['is a CronJob, which does not tell of its Pods', false, cronJob('pinger').replicas(0), undefined],
    ['is a Job, which never takes the gate in', false, job('pinger').replicas(0), { state: 'Missing' }],
  ];
  for (const [title, expected, of, told] of cases)
    it(`is ${expected ? 'the UID of' : 'undefined for'} a target that ${title}`, () => {
      expect(latched(of, told)).to.equal(expected);
    });

  it('is undefined where there is none', () => {
    expect(firstStartOf({ kind: 'Deployment', name: 'pinger' }, undefined, rendered.gate)).to.equal(
      undefined,
    );
  });

  it('is undefined for a target that was missing while nothing was rendered: nothing kept it from starting', () => {
    expect(latched(running, { state: 'Missing' }, unrendered)).to.equal(false);
  });

  it('outlives a spec that cannot be read', () => {
    const counts = { open: 0, waiting: 0, ungated: 0 };
    const told = {
      kind: 'Deployment',
      name: 'pinger',
      state: 'Current',
      ...counts,
      firstStart: UID,
    } as const;
    const { gate: before } = rendered.withStatus({ ...rendered.gate.status, targets: [told] });
    expect(invalidStatus(before, 'no', NOW).targets).to.deep.equal([told]);
  });
});
