import { expect } from 'chai';
import type { KnownGate } from '../../../src/core/model.ts';
import { GATHER_LEAVING_MS, GATHER_LIMIT_MS, GATHER_MS } from '../../../src/core/plan/gather.ts';
import { container, dns, gate, NOW, pod, refusal, workload, world } from '../builders.ts';
import { database } from '../evaluated-builders.ts';
import { writesOf } from '../in-words.ts';
import { settle } from '../simulate.ts';
import { changed, decided } from '../workload-world.ts';

const on = (name: string) => gate(name).targets('pinger').dependsOn(dns('api'));
const [a, b] = [on('a').rendered(), on('b').rendered()];
const pinger = workload('pinger');
const PATCHED = { writes: ['patch-target pinger'], next: undefined };

/** What is written now, or when. */
function outcome(...args: Parameters<typeof decided>) {
  const { writes, next } = decided(...args);
  return { writes: writesOf({ writes }), next };
}
const inMs = (next: number) => ({ writes: [], next });

describe('gather', () => {
  it('has what is long known wait for nothing: a target that appears, or a patch that was undone', () => {
    expect(outcome(pinger, [a])).to.deep.equal(PATCHED);
  });

  it('waits a moment after the last change of any gate', () => {
    expect(outcome(pinger, [changed(a, 30)])).to.deep.equal(inMs(GATHER_MS - 30));
    expect(outcome(pinger, [changed(a, 90), changed(b, 10)])).to.deep.equal(inMs(GATHER_MS - 10));
    expect(outcome(pinger, [changed(a, GATHER_MS), changed(b, GATHER_MS)])).to.deep.equal(PATCHED);
  });

  it('waits for those that leave, too', () => {
    const carrying = pinger.carrying(a);
    const leaving = (ago: number): KnownGate => changed(a.deleting(), ago);
    expect(outcome(carrying, [leaving(30)])).to.deep.equal(inMs(GATHER_MS - 30));
    expect(outcome(carrying, [leaving(GATHER_MS)]).writes).to.deep.equal(['clean-target pinger']);
  });

  it('waits for longer while others are left that may follow, and no longer once all of them leave', () => {
    const carrying = pinger.carrying(a, b);
    const leaves = changed(a.deleting(), GATHER_MS);
    expect(outcome(carrying, [leaves, b])).to.deep.equal(inMs(GATHER_LEAVING_MS - GATHER_MS));
    const late = changed(a.deleting(), GATHER_LEAVING_MS);
    expect(outcome(carrying, [late, b]).writes).to.deep.equal(['clean-target pinger']);
    const both = [leaves, changed(b.deleting(), GATHER_MS)];
    expect(outcome(carrying, both).writes).to.deep.equal(['clean-target pinger']);
  });

  it('waits for longer where changes come slowly: twice the longest time between those of late', () => {
    const [slow, c] = [changed(a, 1000), on('c').rendered()];
    expect(outcome(pinger, [slow, changed(b, 600)])).to.deep.equal(inMs(2 * 400 - 600));
    expect(outcome(pinger, [slow, changed(b, 600), changed(c, 300)])).to.deep.equal(inMs(2 * 400 - 300));
    expect(outcome(pinger, [slow, changed(b, 800)])).to.deep.equal(PATCHED);
  });

  it('does not take what changed long before for the beginning of a series', () => {
    expect(outcome(pinger, [changed(a, GATHER_LIMIT_MS), changed(b, GATHER_MS)])).to.deep.equal(PATCHED);
  });

  it('does not wait for longer than the limit, however often a gate changes', () => {
    expect(outcome(pinger, [changed(a, 10, GATHER_LIMIT_MS - 20)])).to.deep.equal(inMs(20));
    expect(outcome(pinger, [changed(a, 10, GATHER_LIMIT_MS)])).to.deep.equal(PATCHED);
  });

  const coming: readonly (readonly [string, KnownGate['gate']])[] = [
    ['has no finalizer yet', on('b').gate],
    ['has no render yet', on('b').withFinalizer().gate],
    ['has the render of another spec', b.dependsOn(dns('db')).gate],
  ];
  for (const [which, of] of coming) {
    it(`waits, up to the limit, for a gate that ${which}`, () => {
      const known = (ago: number): KnownGate => ({
        gate: of,
        changedAt: NOW - ago,
        changingSince: NOW - ago,
        inForceSince: NOW - ago,
      });
      expect(outcome(pinger, [a, known(1000)])).to.deep.equal(inMs(GATHER_LIMIT_MS - 1000));
      expect(outcome(pinger, [a, known(GATHER_LIMIT_MS)])).to.deep.equal(PATCHED);
    });
  }

  it('waits for no render that will not come', () => {
    expect(outcome(pinger, [a, on('b').withFinalizer().suspended()])).to.deep.equal(PATCHED);
    expect(outcome(pinger, [a, on('b').invalid('no good')])).to.deep.equal(PATCHED);
    const own = changed(gate('own').targets('pinger').dependsOn(container('mine')).withFinalizer(), 1000);
    const refusals = [refusal('render', gate('own').dependsOn(container('mine')), { at: NOW })];
    expect(outcome(pinger, [a, own])).to.deep.equal(inMs(GATHER_LIMIT_MS - 1000));
    expect(outcome(pinger, [a, own], { refusals })).to.deep.equal(PATCHED);
  });

  it('waits for no render with an expression that cannot be used, once the status says so', () => {
    const of = on('b')
      .dependsOn(database('db', { expression: 'object.(' }))
      .withFinalizer();
    expect(outcome(pinger, [a, changed(of, 1000)])).to.deep.equal(inMs(GATHER_LIMIT_MS - 1000));
    const told = of.with(settle(world(of), NOW).world.gate);
    expect(outcome(pinger, [a, changed(told, 1000)])).to.deep.equal(PATCHED);
    const corrected = told.dependsOn(database('db')).with({ generation: told.gate.generation + 1 });
    expect(outcome(pinger, [a, changed(corrected, 1000)])).to.deep.equal(inMs(GATHER_LIMIT_MS - 1000));
  });

  it('waits for no render of a gate that does not name the workload', () => {
    const other = changed(gate('b').targets('other').dependsOn(dns('api')), 1000);
    expect(outcome(pinger, [a, other])).to.deep.equal(PATCHED);
  });

  it('waits, up to the limit, for Pods that another gate that leaves has yet to open', () => {
    const carrying = pinger.carrying(a, b);
    const waiting = pod('pinger-1').of('pinger').carrying(b).checking('api');
    const both = (ago: number) => [changed(a.deleting(), ago), changed(b.deleting(), ago)];
    expect(outcome(carrying, both(1000), waiting)).to.deep.equal(inMs(GATHER_LIMIT_MS - 1000));
    expect(outcome(carrying, both(1000), waiting.opened('api')).writes).to.deep.equal([
      'clean-target pinger',
    ]);
    expect(outcome(carrying, both(GATHER_LIMIT_MS), waiting).writes).to.deep.equal(['clean-target pinger']);
  });

  it('has nothing to wait for where there is nothing to do', () => {
    expect(outcome(pinger.carrying(a), [changed(a, 0)])).to.deep.equal({ writes: [], next: undefined });
  });
});
