import { expect } from 'chai';
import { SCALE_DOWN_AGAIN_MS } from '../../../src/core/plan/scale-down.ts';
import { dns, gate, NOW, pod, statefulSet, workload } from '../builders.ts';
import { writesOf } from '../in-words.ts';
import { decided } from '../workload-world.ts';

const first = gate('first').targets('app').dependsOn(dns('api')).rendered();
const second = gate('second').targets('app').dependsOn(dns('db')).rendered();
const app = workload('app').requiring('first').carrying(first);
const old = (name: string, ...gates: string[]) =>
  pod(name)
    .of('app')
    .heldFor('first', ...gates)
    .madeBy('app-old');
const fresh = pod('app-new-1')
  .of('app')
  .carrying(first)
  .with({ required: ['first'] })
  .madeBy('app-new');

/** The ReplicaSets that are scaled down. */
const scaled = (...around: Parameters<typeof decided>): string[] =>
  decided(...around).writes.flatMap((write) => (write.do === 'scale-down' ? write.replicaSet.name : []));

describe('decideWorkload, of ReplicaSets with held Pods', () => {
  it('scales down an older one, once for all its Pods', () => {
    expect(scaled(app, [first], old('a'), old('b'))).to.deep.equal(['app-old']);
    expect(scaled(app, [first], old('a'), fresh.checking('api'))).to.deep.equal(['app-old']);
  });

  it('scales down each of several', () => {
    const older = pod('c').of('app').heldFor('first').madeBy('app-older');
    expect(scaled(app, [first], old('a'), older)).to.deep.equal(['app-old', 'app-older']);
  });

  it('leaves the current one, whose template does not carry all that is required', () => {
    const both = workload('app').requiring('first', 'second');
    expect(scaled(both, [], old('a', 'second'))).to.deep.equal([]);
    expect(scaled(both.carrying(first), [first], old('a', 'second'))).to.deep.equal([]);
    const ofBoth = both.carrying(first, second);
    expect(scaled(ofBoth, [first, second], old('a', 'second'))).to.deep.equal(['app-old']);
  });

  it('takes what a deleted gate has left for what it required', () => {
    const { template } = workload('app').requiring('first').workload;
    const removed = app.with({
      template: { ...template, annotations: { 'gate.dependencygate.dev/first': 'removed' } },
    });
    expect(scaled(removed, [], old('a'))).to.deep.equal(['app-old']);
  });

  it('leaves one of which a Pod was let go, whatever became of it', () => {
    const started = old('b').with({ held: false });
    for (const phase of ['Pending', 'Running', 'Failed', 'Succeeded'] as const)
      expect(scaled(app, [first], old('a'), started.with({ phase })), phase).to.deep.equal([]);
    expect(scaled(app, [first], old('a'), started.deleting())).to.deep.equal([]);
  });

  it('does nothing while the controller has not seen the template, or is not to go on', () => {
    for (const stops of [{ observedGeneration: 0 }, { paused: true }, { deleting: true }] as const)
      expect(scaled(app.with(stops), [first], old('a')), JSON.stringify(stops)).to.deep.equal([]);
  });

  it('does nothing where old Pods go first anyway, or are deleted one by one', () => {
    expect(scaled(app.with({ updates: 'Recreate' }), [first], old('a'))).to.deep.equal([]);
    const ofDb = gate('first').targets('StatefulSet/app').dependsOn(dns('api')).rendered();
    const db = statefulSet('app').requiring('first').carrying(ofDb);
    expect(writesOf(decided(db, [ofDb], pod('app-0').of('StatefulSet/app').heldFor('first')))).to.be.empty;
  });

  it('leaves Pods that are going away to do so', () => {
    expect(scaled(app, [first], old('a').deleting())).to.deep.equal([]);
  });

  it('is not made again before the Pods can be gone, and then once more', () => {
    const at = (ago: number) => ({ scaledDown: new Map([['uid-of-app-old', NOW - ago]]) });
    const soon = decided(app, [first], old('a'), at(1000));
    expect(writesOf(soon)).to.deep.equal([]);
    expect(soon.next).to.equal(SCALE_DOWN_AGAIN_MS - 1000);
    expect(scaled(app, [first], old('a'), at(SCALE_DOWN_AGAIN_MS))).to.deep.equal(['app-old']);
  });
});

describe('decideWorkload, of ReplicaSets whose Pods are refused', () => {
  const short = workload('app').carrying(first).with({ lacksPods: true });
  const asks = (...around: Parameters<typeof decided>): boolean =>
    decided(...around).writes.some((write) => write.do === 'scale-down-empty');

  it('looks for those that have none where the Deployment says that it lacks Pods', () => {
    expect(asks(short, [first])).to.equal(true);
    expect(asks(short, [first], fresh.checking('api'))).to.equal(true);
  });

  it('does not look where nothing is lacking, or no gate is in the template', () => {
    expect(asks(workload('app').carrying(first), [first])).to.equal(false);
    expect(asks(workload('app').with({ lacksPods: true }), [])).to.equal(false);
  });

  it('does not look while the controller has not seen the template, or is not to go on', () => {
    for (const stops of [
      { observedGeneration: 0 },
      { paused: true },
      { deleting: true },
      { updates: 'Recreate' },
      { selector: '' },
    ] as const)
      expect(asks(short.with(stops), [first]), Object.keys(stops)[0]).to.equal(false);
  });
});
