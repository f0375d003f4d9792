import { expect } from 'chai';
import type { DependencyStatus } from '../../../src/api/status.ts';
import { Tombstones } from '../../../src/controller/referenced/tombstones.ts';
import { ManualClock } from '../../kube/manual-clock.ts';
import { JOB, migrate, ReferencedRig } from './referenced-rig.ts';

describe('Tombstones', () => {
  it('keeps what has gone for ten seconds, each again', async () => {
    const clock = new ManualClock();
    const tombstones = new Tombstones<{ readonly size: number }>(clock);
    tombstones.add('a', { size: 1 });
    await clock.advance(9000);
    tombstones.add('a', { size: 2 });
    await clock.advance(9000);
    expect(tombstones.get('a')).to.deep.equal({ size: 2 });
    await clock.advance(1000);
    expect(tombstones.get('a')).to.equal(undefined);
  });

  it('has no timer left when it is cleared', async () => {
    const clock = new ManualClock();
    const tombstones = new Tombstones<object>(clock);
    tombstones.add('a', {});
    tombstones.add('b', {});
    tombstones.drop('a');
    tombstones.clear();
    expect([tombstones.get('a'), tombstones.get('b'), clock.pending]).to.deep.equal([
      undefined,
      undefined,
      [],
    ]);
  });
});

describe('ReferencedWatches, of an object that has gone', () => {
  let rig: ReferencedRig;
  beforeEach(async () => {
    rig = new ReferencedRig();
    rig.job('migrate');
    await rig.set(migrate);
  });
  afterEach(() => rig.watches.stop());

  const last = () => {
    const look = rig.watches.look({ ...JOB, name: 'migrate' }, migrate.gate.namespace);
    return look?.is === 'watching' ? look.last : undefined;
  };
  const go = async () => {
    rig.removeJob('migrate');
    await rig.quiet();
  };

  it('tell what it last was, to the gate that names it', async () => {
    expect(last()).to.equal(undefined);
    rig.told();
    await go();
    expect(last()).to.have.nested.property('metadata.name', 'migrate');
    expect(rig.told()).to.deep.equal(['my-namespace/g']);
  });

  it('forget it when another one is there, when no gate names it any more, and after a while', async () => {
    await go();
    rig.job('migrate');
    await rig.quiet();
    expect(last()).to.equal(undefined);
    await go();
    await rig.pass(10_000);
    expect(last()).to.equal(undefined);
    rig.job('migrate');
    await rig.quiet();
    await rig.remove(migrate);
    await rig.set(migrate);
    expect(last(), 'it was there all the time').to.equal(undefined);
  });

  it('forget it when every gate that names it remembers it', async () => {
    const uid = uidOf(rig.watches.look({ ...JOB, name: 'migrate' }, migrate.gate.namespace));
    const counts = { pending: 0, starting: 0, checking: 0, failed: 0, passed: 0, blocked: 0 };
    const remembered: DependencyStatus = {
      ...{ name: 'migrate', check: 'resource', state: 'Pending', completed: [{ name: 'migrate', uid }] },
      ...counts,
    };
    const other = migrate.with({ name: 'other', uid: 'other' });
    await rig.set(other);
    await go();
    await rig.set(migrate.withStatus({ dependencies: [remembered] }));
    expect(last()).to.not.equal(undefined);
    await rig.set(other.withStatus({ dependencies: [remembered] }));
    expect(last()).to.equal(undefined);
  });
});

function uidOf(look: ReturnType<ReferencedRig['watches']['look']>): string {
  const [found] = look?.is === 'watching' ? look.found : [];
  return /"uid":"([^"]*)"/.exec(JSON.stringify(found?.metadata))?.[1] ?? 'none';
}
