import { expect } from 'chai';
import { targetsProgress } from '../../../src/core/progress/progress.ts';
import {
  ago,
  cronJob,
  dns,
  type GateBuilder,
  gate,
  job,
  NOW,
  type PodBuilder,
  pod,
  type WorkloadBuilder,
  workload,
  world,
} from '../builders.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api')).rendered();
const carrier = workload('pinger').carrying(apiFirst);
const one = pod('pinger-1').of('pinger').carrying(apiFirst);

const passed = (of: GateBuilder, ...around: (WorkloadBuilder | PodBuilder)[]) =>
  targetsProgress(world(of, ...around), of.spec, of.gate.status.render, NOW)[0]?.passed;

/** The gate, whose status tells that a Pod of its one target has passed. */
function telling(of: GateBuilder, uid: string): GateBuilder {
  const [named] = of.spec.targets;
  const counts = { open: 1, waiting: 0, ungated: 0 };
  const told = {
    kind: named?.kind ?? 'Deployment',
    name: named?.name ?? '',
    state: 'Current',
    ...counts,
  } as const;
  return of.withStatus({ ...of.gate.status, targets: [{ ...told, passed: uid }] });
}

describe('passedBy', () => {
  const uid = 'uid-of-pinger';
  const seen: readonly [string, PodBuilder, boolean][] = [
    ['runs', one.open(), true],
    ['has ended well', one.open().with({ phase: 'Succeeded' }), true],
    ['has failed behind the gate', one.open().with({ phase: 'Failed', restartPolicy: 'Never' }), true],
    ['waits', one.checking('api'), false],
    ['failed in the gate', one.with({ restartPolicy: 'Never', phase: 'Failed' }).ended('api'), false],
    ['is held', pod('pinger-1').of('pinger').heldFor('api-first'), false],
    [
      'carries an older render',
      pod('old')
        .of('pinger')
        .carrying(apiFirst.dependsOn(dns('b')).rendered())
        .open(),
      false,
    ],
    ['goes, as those of a workload that was deleted do', one.open().deleting(), false],
    [
      'is older than the workload, as that of another of the name',
      one.open().with({ createdAt: ago(7201) }),
      false,
    ],
    ['is of another workload', pod('poller-1').of('poller').carrying(apiFirst).open(), false],
  ];
  for (const [what, of, is] of seen) {
    it(`${is ? 'knows' : 'does not take'} a Pod that ${what} ${is ? 'to have passed' : 'for one that passed'}`, () => {
      expect(passed(apiFirst, carrier, of)).to.equal(is ? uid : undefined);
    });
  }

  const migrates = apiFirst.targets('Job/migrate').rendered();
  it('knows it by a Job that completed, also where its Pods were gone before anybody saw them', () => {
    const completed = job('migrate').resting('completed');
    expect(passed(migrates, completed.carrying(migrates))).to.equal('uid-of-migrate');
    expect(passed(migrates, completed), 'it was created without the gate').to.equal(undefined);
    expect(passed(migrates, job('migrate').carrying(migrates).resting('failed'))).to.equal(undefined);
  });

  it('remembers it by the status, whatever has become of the Pods', () => {
    const told = telling(apiFirst, uid);
    expect(passed(told, carrier)).to.equal(uid);
    expect(passed(told, carrier.replicas(0))).to.equal(uid);
    expect(passed(told, carrier.replicas(2), one.checking('api'))).to.equal(uid);
    expect(passed(told), 'it is gone').to.equal(uid);
    const nightly = telling(apiFirst.targets('CronJob/nightly'), 'uid-of-nightly');
    expect(passed(nightly, cronJob('nightly').carrying(nightly))).to.equal('uid-of-nightly');
  });

  it('forgets it with the render, and when the target is made anew', () => {
    const told = telling(apiFirst, uid);
    const changed = told.dependsOn(dns('redis'));
    const current = changed.withStatus({}).render;
    const [target] = targetsProgress(world(changed, carrier), changed.spec, current, NOW);
    expect(target?.passed).to.equal(undefined);
    expect(passed(told, carrier.with({ uid: 'another' }))).to.equal(undefined);
  });
});
