import { expect } from 'chai';
import { CACHE_LAG_MS } from '../../../src/core/admission/written.ts';
import type { Placing } from '../../../src/core/model.ts';
import { HELD_BEFORE_TOLD_MS } from '../../../src/core/plan/orphans.ts';
import { ago, dns, gate, job, workload, world } from '../builders.ts';
import { conditionOf, writesOf } from '../in-words.ts';
import { decide } from '../simulate.ts';
import { NOW } from '../time.ts';
import { changed, decided } from '../workload-world.ts';

const on = (name: string) => gate(name).targets('Job/migrate').dependsOn(dns('api')).rendered();
const [a, b] = [on('a'), on('b')];
const suspended = job('migrate').requiring('a', 'b').resting('suspended').with({ resumedBy: 'operator' });
const NOT_PLACING: Placing = { isThere: false, why: 'gone' };

describe('a Job that admission has suspended', () => {
  it('is let go once all gates that it requires are in force for it, and only its suspension is written', () => {
    const [write] = decided(suspended, [a, b]).writes;
    expect(write).to.deep.include({
      do: 'release-job',
      patch: {
        metadata: { resourceVersion: '200', annotations: { 'dependencygate.dev/start': 'released' } },
        spec: { suspend: false },
      },
    });
  });

  for (const [why, gates] of [
    ['one is missing', [a]],
    ['one names another target', [a, b.targets('other')]],
    ['one is not rendered', [a, gate('b').targets('Job/migrate').dependsOn(dns('api')).withFinalizer()]],
    ['one is to be rendered anew', [a, b.dependsOn(dns('other'))]],
    ['one cannot be read', [a, b.invalid('no')]],
  ] as const) {
    it(`stays suspended while ${why}`, () => {
      expect(writesOf(decided(suspended, gates))).to.deep.equal([]);
    });
  }

  it('stays suspended while its template cannot have the containers of one', () => {
    expect(writesOf(decided(suspended.foreignVolume('b'), [a, b]))).to.deep.equal([]);
  });

  it('is let go where one is being deleted, whose annotation says so in the template', () => {
    const [write] = decided(suspended, [a, b.deleting()]).writes;
    expect(write).to.deep.include({
      do: 'release-job',
      patch: {
        metadata: { resourceVersion: '200', annotations: { 'dependencygate.dev/start': 'released' } },
        spec: {
          suspend: false,
          template: { metadata: { annotations: { 'gate.dependencygate.dev/b': 'removed' } } },
        },
      },
    });
  });

  it('stays suspended for the others, and the deleted gate stays until that is noted', () => {
    const [write] = decided(suspended, [b.deleting()]).writes;
    expect(write).to.deep.include({
      do: 'release-job',
      patch: {
        metadata: { resourceVersion: '200' },
        spec: { template: { metadata: { annotations: { 'gate.dependencygate.dev/b': 'removed' } } } },
      },
    });
    expect(writesOf(decide(world(b.deleting(), suspended), NOW))).to.deep.equal(['release-job migrate']);
    const noted = suspended.leftBy('b');
    expect(decided(noted, [b.deleting()]).writes).to.deep.equal([]);
    expect(writesOf(decide(world(b.deleting(), noted), NOW))).to.deep.equal(['remove-finalizer']);
  });

  it('is noted the same of one that its queue has yet to resume, and nothing else is written', () => {
    const released = suspended.with({ resumedBy: undefined, isReleased: true });
    expect(decided(released, [a, b]).writes).to.deep.equal([]);
    const [write, ...others] = decided(released, [a, b.deleting()]).writes;
    expect(others).to.deep.equal([]);
    expect(write).to.deep.include({
      do: 'release-job',
      patch: {
        metadata: { resourceVersion: '200' },
        spec: { template: { metadata: { annotations: { 'gate.dependencygate.dev/b': 'removed' } } } },
      },
    });
    expect(writesOf(decide(world(b.deleting(), released), NOW)), 'the gate stays until then').to.deep.equal([
      'release-job migrate',
    ]);
    const noted = released.leftBy('b');
    expect(decided(noted, [a, b.deleting()]).writes).to.deep.equal([]);
    expect(writesOf(decide(world(b.deleting(), noted), NOW))).to.deep.equal(['remove-finalizer']);
  });

  it('hinders no gate from going where it cannot be read, and is resumed without it', () => {
    const unreadable = suspended.with({ unreadable: 'spec.parallelism: no number' });
    expect(decided(unreadable, [a, b]).writes, 'nobody knows whether they come in').to.deep.equal([]);
    expect(writesOf(decide(world(b.deleting(), unreadable), NOW))).to.deep.equal(['release-job migrate']);
    const [write] = decided(unreadable, [a.deleting(), b.deleting()]).writes;
    expect(write?.do === 'release-job' && write.patch).to.deep.include({
      spec: {
        suspend: false,
        template: {
          metadata: {
            annotations: { 'gate.dependencygate.dev/a': 'removed', 'gate.dependencygate.dev/b': 'removed' },
          },
        },
      },
    });
  });

  it('is only marked where somebody else has suspended it, and not resumed', () => {
    const [write] = decided(suspended.with({ resumedBy: 'others' }), [a, b]).writes;
    expect(write).to.deep.include({
      do: 'release-job',
      patch: {
        metadata: { resourceVersion: '200', annotations: { 'dependencygate.dev/start': 'released' } },
        spec: {},
      },
    });
  });

  it('is not before its Pods get them', () => {
    const plan = decided(suspended, [a, changed(b, CACHE_LAG_MS - 1)]);
    expect([plan.writes, plan.next]).to.deep.equal([[], 1]);
    expect(decided(suspended, [a, b], { placing: NOT_PLACING }).writes).to.deep.equal([]);
  });

  it('is left alone where somebody else has suspended it, or it is let go already', () => {
    expect(decided(suspended.with({ resumedBy: undefined }), [a, b]).writes).to.deep.equal([]);
  });

  it('needs no gate whose containers are in its template', () => {
    expect(writesOf(decided(suspended.carrying(b), [a]))).to.deep.equal(['release-job migrate']);
  });

  it('is told of after a while where a gate does not exist, or does not name it', () => {
    const waiting = suspended.with({ createdAt: ago(HELD_BEFORE_TOLD_MS / 1000) });
    const told = (...args: Parameters<typeof decided>) =>
      decided(...args).unattended.map(
        ({ gate: name, event: { reason, note } }) => `${name} ${reason} ${note}`,
      );
    expect(told(waiting, [a])).to.deep.equal([
      'b HeldWithoutGate Job migrate is suspended for gate b, which does not exist: create it, or correct the label dependencygate.dev/require',
    ]);
    expect(told(waiting, [a, b.targets('x')])[0]).to.match(
      /^b HeldByOtherGate Job migrate is suspended for gate b/,
    );
    expect(told(suspended.with({ createdAt: ago(1) }), [a])).to.deep.equal([]);
  });

  it('is no target that was created without the gate, and the gate is in force', () => {
    const { status } = decide(world(a, suspended), NOW);
    expect(conditionOf(status, 'Ready')).to.equal('True InForce');
    expect(status?.targets?.[0]).to.include({
      state: 'Current',
      reason: 'Suspended',
      message: 'Job migrate is suspended until the gates that it requires are in force for it',
    });
    const theirs = decide(world(a, suspended.with({ resumedBy: 'others' })), NOW).status?.targets?.[0];
    expect(theirs?.message).to.match(/is suspended by somebody else, and may be resumed when/);
    const without = world(a, job('migrate').with({ replicas: 0 }));
    expect(decide(without, NOW).status?.targets?.[0]?.state).to.equal('Immutable');
    expect(decided(workload('migrate'), []).writes).to.deep.equal([]);
  });
});
