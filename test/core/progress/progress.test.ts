import { expect } from 'chai';
import { podCounts, targetStatus, targetsProgress } from '../../../src/core/progress/progress.ts';
import {
  ago,
  dns,
  type GateBuilder,
  gate,
  job,
  NOW,
  type PodBuilder,
  pod,
  refusal,
  statefulSet,
  tcp,
  type WorkloadBuilder,
  workload,
  world,
} from '../builders.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api'), tcp('redis', 6379)).rendered();
const before = apiFirst.dependsOn(dns('api')).rendered();
const other = gate('db-first').dependsOn(tcp('db', 5432));
const carrier = workload('pinger').carrying(apiFirst);
const one = (name = 'pinger-1') => pod(name).of('pinger').carrying(apiFirst);

function targets(of: GateBuilder, ...around: (WorkloadBuilder | PodBuilder)[]) {
  return targetsProgress(world(of, ...around), of.spec, of.gate.status.render, NOW);
}
const firstTarget = (of: GateBuilder, ...around: (WorkloadBuilder | PodBuilder)[]) =>
  targets(of, ...around).map(targetStatus)[0];

describe('targetsProgress and targetStatus', () => {
  it('list the targets in the order of the spec, each with its kind', () => {
    const two = apiFirst.targets('StatefulSet/pinger', 'pinger');
    expect(targets(two).map(({ kind, name }) => `${kind}/${name}`)).to.deep.equal([
      ...['StatefulSet/pinger', 'Deployment/pinger'],
    ]);
  });

  const states: readonly {
    readonly is: string;
    readonly when: string;
    readonly around: WorkloadBuilder[];
  }[] = [
    { is: 'Missing', when: 'it does not exist', around: [] },
    { is: 'Missing', when: 'it is being deleted', around: [carrier.deleting()] },
    { is: 'Pending', when: 'it does not carry the containers', around: [workload('pinger')] },
    { is: 'Pending', when: 'it carries an older render', around: [workload('pinger').carrying(before)] },
    {
      is: 'Rolling',
      when: 'its controller has not seen the change',
      around: [carrier.unobserved().replicas(0)],
    },
    { is: 'Rolling', when: 'ungated Pods are still there', around: [carrier] },
    { is: 'Current', when: 'it carries them and has no older Pods', around: [carrier.replicas(0)] },
    { is: 'Refused', when: 'it cannot carry them', around: [workload('pinger').foreignVolume('api-first')] },
  ];
  for (const { is, when, around } of states) {
    it(`say ${is} when ${when}`, () => {
      expect(firstTarget(apiFirst, ...around)).to.include({ state: is });
    });
  }

  it('say Rolling while a Pod of an older render is there, and Current without', () => {
    const old = pod('pinger-0').of('pinger').carrying(before).open();
    expect(firstTarget(apiFirst, carrier.replicas(2), one().open(), old)).to.include({ state: 'Rolling' });
    expect(firstTarget(apiFirst, carrier, one().open())).to.include({ state: 'Current' });
  });

  it('say Pending while there is no render at all', () => {
    const unrendered = gate('api-first').targets('pinger').dependsOn(dns('api'));
    expect(firstTarget(unrendered, workload('pinger').replicas(0))).to.include({ state: 'Pending' });
  });

  it('say Refused with the words of the API server for what it refused', () => {
    const refused = {
      ...world(apiFirst, workload('pinger')),
      refusals: [refusal('target', apiFirst, { target: 'Deployment/pinger', message: 'denied by policy' })],
    };
    const [status] = targetsProgress(refused, apiFirst.spec, apiFirst.render, NOW).map(targetStatus);
    expect(status).to.include({ state: 'Refused', message: 'denied by policy' });
  });

  it('forget a refusal once the target, or the render, is another one', () => {
    const refusals = [
      refusal('target', apiFirst, { target: 'Deployment/pinger', generation: 7 }),
      refusal('target', apiFirst, { target: 'Deployment/pinger', hash: 'older' }),
      refusal('target', apiFirst, { target: 'Deployment/poller' }),
      refusal('render', apiFirst, { target: 'Deployment/pinger' }),
    ];
    const [target] = targetsProgress(
      { ...world(apiFirst, workload('pinger')), refusals },
      apiFirst.spec,
      apiFirst.render,
      NOW,
    );
    expect(target?.refusal).to.equal(undefined);
  });

  it('count Pods that are open and Pods that wait', () => {
    const pods = [one('a').open(), one('b').checking('api'), one('c')];
    expect(firstTarget(apiFirst, carrier.replicas(3), ...pods)).to.include({
      open: 1,
      waiting: 2,
      ungated: 0,
    });
  });

  it('count only Pods of the target itself', () => {
    const elsewhere = [one('a').of('poller'), pod('b').of('StatefulSet/pinger').carrying(apiFirst)];
    expect(firstTarget(apiFirst, carrier.replicas(0), ...elsewhere)).to.include({ open: 0, waiting: 0 });
  });

  it('leave out Pods that terminate, have succeeded or were evicted', () => {
    const gone = [
      one('a').checking('api').deleting(),
      one('b').open().with({ phase: 'Succeeded' }),
      one('c').checking('api').with({ phase: 'Failed' }),
    ];
    expect(firstTarget(apiFirst, carrier.replicas(0), ...gone)).to.include({
      open: 0,
      waiting: 0,
      ungated: 0,
    });
  });

  it('count as ungated the Pods that the workload has beyond those that carry the gate', () => {
    const ofOther = pod('a').of('pinger').carrying(other).open();
    expect(firstTarget(apiFirst, carrier.replicas(5), one('b').open(), ofOther)).to.include({ ungated: 4 });
  });

  it('do not count a Pod of an older render as ungated', () => {
    const old = pod('pinger-0').of('pinger').carrying(before).open();
    const [target] = targets(apiFirst, carrier, old);
    expect(target).to.include({ older: 1, ungated: 0 });
  });

  it('count as ungated, and not as passed, a Pod that was made while the containers were out of its template', () => {
    const bare = one().with({ containers: [], phase: 'Running' });
    expect(firstTarget(apiFirst, carrier, bare)).to.include({ open: 0, waiting: 0, ungated: 1 });
  });

  it('count as older a Pod that lacks some of the containers, or whose annotation was taken off', () => {
    const whole = one();
    const partly = whole.with({ containers: whole.pod.containers.slice(0, 1) });
    const bare = whole.checking('api').with({ annotations: {} });
    for (const strange of [partly, bare]) {
      expect(targets(apiFirst, carrier, strange)[0]).to.include({ older: 1, ungated: 0 });
    }
  });

  it('leave a failed Pod of a Job out once its next try is there, whether that waits or has passed', () => {
    const ofJob = apiFirst.targets('Job/migrate');
    const carrying = job('migrate').carrying(apiFirst);
    const never = (name: string) =>
      pod(name).of('Job/migrate').carrying(apiFirst).with({ restartPolicy: 'Never' });
    const failed = never('a').with({ phase: 'Failed' }).ended('api');
    const next = never('b').with({ createdAt: ago(20) });
    const names = (...pods: PodBuilder[]) =>
      targets(ofJob, carrying, ...pods)[0]?.pods.map(({ pod, state }) => `${pod.name} ${state}`);
    expect(names(failed)).to.deep.equal(['a failed']);
    expect(names(failed, next.checking('api'))).to.deep.equal(['b waiting']);
    expect(names(failed, next.open().with({ phase: 'Succeeded' }))).to.deep.equal([]);
    expect(names(failed, next.with({ phase: 'Failed' }).ended('api'))).to.deep.equal(['b failed']);
  });

  it('never count below zero while the status of the workload lags behind', () => {
    expect(firstTarget(apiFirst, carrier.replicas(0), one().open())).to.include({ ungated: 0 });
  });
});

describe('podCounts', () => {
  it('adds up the Pods of all targets', () => {
    const two = apiFirst.targets('pinger', 'StatefulSet/db');
    const failed = one('c').with({ restartPolicy: 'Never', phase: 'Failed' }).ended('api');
    const counted = targets(
      two,
      carrier.replicas(4),
      statefulSet('db').replicas(2),
      ...[one('a').open(), one('b').checking('redis'), failed],
      pod('d').of('pinger').carrying(before),
      pod('db-0').of('StatefulSet/db').carrying(apiFirst).checking('api'),
    );
    // pinger's four replicas are a, b, d and one without the gate; a Pod that has failed is none of a workload's replicas.
    expect(podCounts(counted)).to.deep.equal({
      total: 4,
      open: 1,
      waiting: 2,
      failed: 1,
      held: 0,
      older: 1,
      ungated: 2,
    });
  });
});
