import { expect } from 'chai';
import { GateMemory } from '../../src/controller/gate-memory.ts';
import { Memory } from '../../src/controller/memory.ts';
import { type Accepted, WorkloadMemory } from '../../src/controller/workload-memory.ts';
import type { Refusal } from '../../src/core/model.ts';
import { GATHER_MS } from '../../src/core/plan/gather.ts';
import { DISPUTE_WINDOW_MS } from '../../src/core/progress/dispute.ts';
import { gate } from '../core/builders.ts';

const GATE = { kind: 'DependencyGate', namespace: 'shop', name: 'api-first' } as const;
const PINGER = { kind: 'Deployment', namespace: 'shop', name: 'pinger' } as const;

const refusal = (more: Partial<Refusal>): Refusal => ({
  of: 'target',
  gate: 'api-first',
  target: 'Deployment/pinger',
  uid: 'u1',
  generation: 1,
  hash: 'h1',
  message: 'no',
  at: 0,
  ...more,
});

describe('Memory', () => {
  it('keeps what is remembered of one object apart from that of another', () => {
    const memory = new Memory();
    memory.gates.of(GATE).renderAccepted('h1');
    expect(memory.gates.of(GATE).triedRender).to.equal('h1');
    expect(memory.gates.of({ ...GATE, namespace: 'other' }).triedRender).to.equal(undefined);
    memory.workloads.of(PINGER).refused(refusal({}));
    expect(memory.workloads.of({ ...PINGER, kind: 'StatefulSet' }).refusals).to.deep.equal([]);
  });

  it('remembers nothing of what was only looked for, and nothing of what is gone', () => {
    const { workloads } = new Memory();
    expect(workloads.peek(PINGER)).to.equal(undefined);
    expect(workloads.size).to.equal(0);
    workloads.of(PINGER).refused(refusal({}));
    workloads.forget(PINGER);
    expect(workloads.size).to.equal(0);
    expect(workloads.of(PINGER).refusals).to.deep.equal([]);
  });
});

describe('GateMemory', () => {
  it('knows nothing of a gate at first', () => {
    const { triedRender, refusals, openings } = new GateMemory();
    expect({ triedRender, refusals, openings }).to.deep.equal({
      triedRender: undefined,
      refusals: [],
      openings: new Map(),
    });
  });

  it('keeps the last refusal of the render, until one was accepted', () => {
    const memory = new GateMemory();
    memory.renderRefused(refusal({ of: 'render', hash: 'h1' }));
    memory.renderRefused(refusal({ of: 'render', hash: 'h2' }));
    expect(memory.refusals.map(({ hash }) => hash)).to.deep.equal(['h2']);
    memory.renderAccepted('h3');
    expect(memory.refusals).to.deep.equal([]);
    expect(memory.triedRender).to.equal('h3');
  });

  it('knows when each annotation of a Pod was last written, until the Pod is gone', () => {
    const memory = new GateMemory();
    memory.opened({ uid: 'a' }, ['k1', 'k2'], 1);
    memory.opened({ uid: 'a' }, ['k1'], 2);
    memory.opened({ uid: 'b' }, ['k1'], 3);
    const all = { 'a k1': 2, 'a k2': 1, 'b k1': 3 };
    expect(Object.fromEntries(memory.openings)).to.deep.equal(all);
    memory.keepPods([{ uid: 'b' }]);
    expect(Object.fromEntries(memory.openings)).to.deep.equal({ 'b k1': 3 });
  });
});

describe('GateMemory.know', () => {
  const { gate: first } = gate('api-first');
  const times = ({ changedAt, changingSince }: ReturnType<GateMemory['know']>) => [changedAt, changingSince];

  it('takes what is seen first for new, and what does not change for what it was', () => {
    const memory = new GateMemory();
    expect(times(memory.know(first, 1000))).to.deep.equal([1000, 1000]);
    const touched = { ...first, resourceVersion: '200', status: { observedGeneration: 1 } };
    expect(times(memory.know(touched, 5000))).to.deep.equal([1000, 1000]);
    expect(memory.know(touched, 5000).gate).to.equal(touched);
  });

  for (const [what, change] of [
    ['its spec is changed', { generation: 2 }],
    ['it is deleted', { deleting: true }],
    ['it is made again', { uid: 'another' }],
  ] as const) {
    it(`is new again when ${what}`, () => {
      const memory = new GateMemory();
      memory.know(first, 1000);
      expect(times(memory.know({ ...first, ...change }, 5000))).to.deep.equal([5000, 5000]);
    });
  }

  it('knows since when one change has followed the other', () => {
    const memory = new GateMemory();
    memory.know(first, 1000);
    memory.know({ ...first, generation: 2 }, 1000 + GATHER_MS - 1);
    expect(times(memory.know({ ...first, generation: 3 }, 1000 + 2 * GATHER_MS - 2))).to.deep.equal([
      1000 + 2 * GATHER_MS - 2,
      1000,
    ]);
  });
});

describe('GateMemory.count', () => {
  it('knows since when each target has been counted as it is, and nothing of what is no target any more', () => {
    const memory = new GateMemory();
    const counted = (now: number, ...texts: (readonly [string, string])[]) =>
      Object.fromEntries(memory.count(new Map(texts), now));
    expect(counted(1, ['a', '1'], ['b', '1'])).to.deep.equal({ a: 1, b: 1 });
    expect(counted(2, ['a', '2'], ['b', '1'])).to.deep.equal({ a: 2, b: 1 });
    expect(counted(3, ['a', '2'])).to.deep.equal({ a: 2 });
    expect(counted(4, ['b', '1'])).to.deep.equal({ b: 4 });
  });
});

describe('WorkloadMemory', () => {
  const accepted = (more: Partial<Accepted>): Accepted => ({
    ...{ gates: [], repairs: [], before: 1, after: 2 },
    ...more,
  });
  const repair = { target: 'Deployment/pinger', uid: 'u1', mark: 'm', at: 1000 };

  it('keeps the last refusal of each gate', () => {
    const memory = new WorkloadMemory();
    memory.refused(refusal({ message: 'first' }));
    memory.refused(refusal({ gate: 'other' }));
    memory.refused(refusal({ message: 'second' }));
    expect(memory.refusals.map(({ gate, message }) => [gate, message])).to.have.deep.members([
      ['other', 'no'],
      ['api-first', 'second'],
    ]);
  });

  it('drops those of gates that were accepted; those of others are of the workload as it is now', () => {
    const memory = new WorkloadMemory();
    memory.refused(refusal({}));
    memory.refused(refusal({ gate: 'other' }));
    memory.refused(refusal({ gate: 'stale', generation: 0 }));
    memory.accepted(accepted({ gates: ['api-first'] }), 0);
    expect(memory.refusals.map(({ gate, generation }) => [gate, generation])).to.deep.equal([['other', 2]]);
  });

  it('tells what is new, and again only after it had ceased', () => {
    const memory = new WorkloadMemory();
    const tell = (...now: string[]) => [...memory.emitOnce(new Set(now))];
    expect(tell('a')).to.deep.equal(['a']);
    expect(tell('a', 'b')).to.deep.equal(['b']);
    expect(tell('b')).to.deep.equal([]);
    expect(tell('a', 'b')).to.deep.equal(['a']);
  });

  it('keeps repairs until the last of them is past', () => {
    const memory = new WorkloadMemory();
    memory.accepted(accepted({ repairs: [repair] }), 1000);
    memory.accepted(accepted({ repairs: [{ ...repair, at: 3000 }] }), 3000);
    expect(memory.fade(4000)).to.equal(DISPUTE_WINDOW_MS - 1000);
    expect(memory.repairs).to.have.length(2);
    expect(memory.fade(1000 + DISPUTE_WINDOW_MS)).to.equal(2000);
    expect(memory.repairs).to.have.length(1);
    expect(memory.fade(3000 + DISPUTE_WINDOW_MS)).to.equal(undefined);
    expect(memory.repairs).to.deep.equal([]);
  });
});
