import { expect } from 'chai';
import type { Repair } from '../../../src/core/model.ts';
import { type Absent, putBack, stranded, sweep } from '../../../src/core/plan/orphans.ts';
import { removalMark } from '../../../src/core/progress/dispute.ts';
import { dns, gate, job, NOW, type PodBuilder, pod, type WorkloadBuilder, workload } from '../builders.ts';
import { writesOf } from '../in-words.ts';

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
const swept = (...around: Parameters<typeof absent>) => writesOf(sweep(absent(...around), [], NOW));
/** Removals from pinger, so many ms ago each, the oldest first. */
const removals = (mark: string, ...ago: number[]): Repair[] =>
  ago.map((ms) => ({ target: 'Deployment/pinger', uid: 'uid-of-pinger', hash: mark, at: NOW - ms }));
const FIVE = [5000, 4000, 3000, 2000, 1000];

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

describe('sweep, where somebody puts back what it takes out', () => {
  const orphans = absent([pinger.carrying(gone), workload('poller').carrying(gone)]);
  const at = (repairs: readonly Repair[], now = NOW) => {
    const { writes, next } = sweep(orphans, repairs, now);
    return { writes: writesOf({ writes }), next };
  };
  const five = removals(removalMark(), ...FIVE);

  it('takes it out a handful of times without a word, then pauses, and goes on with the others', () => {
    expect(at(five.slice(1)).writes).to.deep.equal(['clean-target pinger', 'clean-target poller']);
    expect(at(five)).to.deep.equal({ writes: ['clean-target poller'], next: 29_000 });
  });

  it('tries again after the pause', () => {
    const later = at(five, NOW + 29_000);
    expect(later).to.deep.equal({
      writes: ['clean-target pinger', 'clean-target poller'],
      next: undefined,
    });
  });

  it('opens the Pods that wait in it all the same', () => {
    const waiting = pod('pinger-1').of('pinger').carrying(gone).checking('api');
    const { writes } = sweep(absent([pinger.carrying(gone)], waiting), five, NOW);
    expect(writesOf({ writes })).to.deep.equal(['open-pod pinger-1']);
  });

  it('takes what gates did while they existed for no dispute', () => {
    const deleted = FIVE.map((ago, time) => removals(removalMark({ uid: `${time}`, generation: 2 }), ago));
    expect(at(deleted.flat()).writes).to.contain('clean-target pinger');
  });
});

describe('putBack', () => {
  const { workload: orphan } = pinger.with({ otherManager: 'argocd' }).carrying(gone);
  const found = (more: Partial<Parameters<typeof putBack>[0]>, now = NOW) =>
    putBack({ gate: 'gone', workloads: [orphan], repairs: [], ...more }, now).map(({ notice }) => notice);
  const repairs = removals(removalMark(), ...FIVE);

  it('says who keeps bringing containers of which gate back, while the removal is put off', () => {
    const [notice] = found({ repairs });
    expect(notice).to.include({ type: 'Warning', reason: 'RemovalUndone' });
    expect(notice?.note).to.match(/gate gone, which does not exist, back into Deployment pinger .*argocd/);
    expect(found({ repairs }, NOW + 29_000)).to.deep.equal([]);
    expect(found({ repairs: repairs.slice(1) })).to.deep.equal([]);
  });

  it('has nothing to say of a template that is clean, or that requires the gate', () => {
    expect(found({ repairs, workloads: [pinger.workload] })).to.deep.equal([]);
    const wanted = pinger.requiring('gone').carrying(gone);
    expect(found({ repairs, workloads: [wanted.workload] })).to.deep.equal([]);
  });

  for (const [deleting, why] of [
    [true, /which is deleted/],
    [false, /which does not name it/],
  ] as const) {
    it(`says it of a gate that exists, ${why.source}`, () => {
      const of = { uid: 'u', generation: 3, deleting };
      const [notice] = found({ of, repairs: removals(removalMark(of), ...FIVE) });
      expect(notice?.note).to.match(why);
      expect(found({ of, repairs: removals(removalMark({ ...of, generation: 2 }), ...FIVE) })).to.deep.equal(
        [],
      );
    });
  }
});

describe('stranded', () => {
  const names = (...args: Parameters<typeof stranded>) =>
    stranded(...args).map(({ workload, notice }) => `${workload.name} ${notice.reason}`);

  it('finds workloads whose Pods are held for a gate that does not exist', () => {
    const held = absent([pinger.requiring('gone'), workload('poller')], heldPinger);
    expect(names(held)).to.deep.equal(['pinger HeldWithoutGate']);
    expect(stranded(held)[0]?.notice.note).to.match(
      /gate gone, which does not exist: create it, or correct the label dependencygate.dev\/require$/,
    );
  });

  it('finds those that a gate which exists does not name', () => {
    const held = absent([pinger.requiring('gone')], heldPinger);
    expect(names(held, new Set(['Deployment/poller']))).to.deep.equal(['pinger HeldByOtherGate']);
    expect(stranded(held, new Set())[0]?.notice.note).to.match(
      /does not name it as a target: name it there, or/,
    );
    expect(names(held, new Set(['Deployment/pinger']))).to.deep.equal([]);
  });

  it('does not mind Pods that are held for other gates', () => {
    const held = pod('pinger-1').of('pinger').heldFor('other');
    expect(names(absent([pinger.requiring('other')], held))).to.deep.equal([]);
  });
});
