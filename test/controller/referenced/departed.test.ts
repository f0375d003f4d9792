import { expect } from 'chai';
import type { DependencyStatus } from '../../../src/api/status.ts';
import { Departed } from '../../../src/controller/referenced/departed.ts';
import { ManualClock } from '../../kube/manual-clock.ts';
import { JOB, migrate, SubjectsRig } from './subjects-rig.ts';

describe('Departed', () => {
  it('keeps what has gone for ten seconds, each anew', async () => {
    const clock = new ManualClock();
    const departed = new Departed(clock);
    departed.add('a', { size: 1 });
    await clock.advance(9000);
    departed.add('a', { size: 2 });
    await clock.advance(9000);
    expect(departed.get('a')).to.deep.equal({ size: 2 });
    await clock.advance(1000);
    expect(departed.get('a')).to.equal(undefined);
  });

  it('has no timer left when it is cleared', async () => {
    const clock = new ManualClock();
    const departed = new Departed(clock);
    departed.add('a', {});
    departed.add('b', {});
    departed.drop('a');
    departed.clear();
    expect([departed.get('a'), departed.get('b'), clock.pending]).to.deep.equal([undefined, undefined, []]);
  });
});

describe('SubjectWatches, of an object that has gone', () => {
  let rig: SubjectsRig;
  beforeEach(async () => {
    rig = new SubjectsRig();
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
      ...{ name: 'migrate', check: 'resource', state: 'Pending', completed: { name: 'migrate', uid } },
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

function uidOf(look: ReturnType<SubjectsRig['watches']['look']>): string {
  const [found] = look?.is === 'watching' ? look.found : [];
  return /"uid":"([^"]*)"/.exec(JSON.stringify(found?.metadata))?.[1] ?? 'none';
}
