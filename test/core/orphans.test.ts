import { expect } from 'chai';
import { type Absent, stranded, sweep } from '../../src/core/orphans.ts';
import { dns, gate, job, type PodBuilder, pod, type WorkloadBuilder, workload } from './builders.ts';
import { writesOf } from './in-words.ts';

const gone = gate('gone').dependsOn(dns('api'));
const other = gate('other').dependsOn(dns('db'));
const pinger = workload('pinger');
const heldPinger = pod('pinger-1').of('pinger').heldFor('gone');

function absent(workloads: readonly WorkloadBuilder[], ...pods: readonly PodBuilder[]): Absent {
  return {
    gate: 'gone',
    workloads: workloads.map((one) => one.workload),
    pods: pods.map((one) => one.pod),
  };
}
const swept = (...around: Parameters<typeof absent>) => writesOf({ writes: sweep(absent(...around)) });

describe('sweep', () => {
  it('takes out what a gate that is gone has left', () => {
    expect(swept([pinger.carrying(gone)])).to.deep.equal(['clean-target pinger']);
  });

  it('opens the Pods that wait in it first', () => {
    const waiting = pod('pinger-1').of('pinger').carrying(gone).checking('api');
    expect(swept([pinger.carrying(gone)], waiting)).to.deep.equal([
      'open-pod pinger-1',
      'clean-target pinger',
    ]);
  });

  it('leaves it where the template requires the gate: it is still to come', () => {
    const waiting = pod('pinger-1').of('pinger').carrying(gone).checking('api');
    expect(swept([pinger.requiring('gone').carrying(gone)], waiting)).to.deep.equal([]);
  });

  it('does nothing for workloads that carry other gates only', () => {
    expect(swept([pinger.carrying(other)])).to.deep.equal([]);
  });

  it('leaves Jobs alone, which never change', () => {
    expect(swept([job('migrate').carrying(gone)])).to.deep.equal([]);
  });
});

describe('stranded', () => {
  const names = (...args: Parameters<typeof stranded>) =>
    stranded(...args).map(({ workload, notice }) => `${workload.name} ${notice.reason}`);

  it('finds workloads whose Pods are held for a gate that does not exist', () => {
    const held = absent([pinger.requiring('gone'), workload('poller')], heldPinger);
    expect(names(held)).to.deep.equal(['pinger HeldWithoutGate']);
    expect(stranded(held)[0]?.notice.note).to.match(/gate gone, which does not exist: /);
  });

  it('finds those that a gate which exists does not name', () => {
    const held = absent([pinger.requiring('gone')], heldPinger);
    expect(names(held, new Set(['Deployment/poller']))).to.deep.equal(['pinger HeldByOtherGate']);
    expect(names(held, new Set(['Deployment/pinger']))).to.deep.equal([]);
  });

  it('does not mind Pods that are held for other gates', () => {
    const held = pod('pinger-1').of('pinger').heldFor('other');
    expect(names(absent([pinger.requiring('other')], held))).to.deep.equal([]);
  });
});
