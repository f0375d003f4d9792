import { expect } from 'chai';
import { gate, NAMESPACE, tcp } from '../../core/builders.ts';
import { database, jobDone } from '../../core/evaluated-builders.ts';
import { jobs, refused } from '../../kube/watch/fake-kinds.ts';
import { migrate, ReferencedRig } from './referenced-rig.ts';

describe('ReferencedWatches', () => {
  let rig: ReferencedRig;
  beforeEach(() => {
    rig = new ReferencedRig();
  });
  afterEach(() => rig.end());

  describe('a gate that names another object of a kind that is watched', () => {
    beforeEach(async () => {
      for (const name of ['migrate', 'seed', 'third']) rig.job(name);
      await rig.set(migrate);
      rig.server.news();
      rig.told();
    });

    it('has it unseen until the kind was listed again, and is told then; nobody else is', async () => {
      await rig.set(gate('second').dependsOn(jobDone('seed')));
      expect(rig.looks('seed')).to.equal('unseen');
      expect(rig.looks('migrate')).to.equal('watching migrate');
      await rig.pass(100);
      expect(rig.looks('seed')).to.equal('watching seed');
      expect(rig.told()).to.deep.equal([`${NAMESPACE}/second`]);
    });

    it('is told as well where there is none', async () => {
      await rig.set(gate('second').dependsOn(jobDone('none')));
      expect(rig.looks('none')).to.equal('unseen');
      await rig.pass(100);
      expect(rig.looks('none')).to.equal('absent');
      expect(rig.told()).to.deep.equal([`${NAMESPACE}/second`]);
    });

    it('costs one list, however many do so at a time', async () => {
      await rig.set(gate('second').dependsOn(jobDone('seed'), jobDone('third')));
      await rig.set(gate('other').dependsOn(jobDone('third')));
      await rig.set(migrate.dependsOn(jobDone('seed')));
      await rig.pass(100);
      expect(rig.server.news()).to.deep.equal(['list jobs']);
      expect(rig.looks('third')).to.equal('watching third');
      await rig.pass(1000);
      expect(rig.server.news()).to.deep.equal([]);
    });

    it('is listed for gates that come together, as after a list of gates', async () => {
      const both = ['second', 'other'].map((name) => gate(name).dependsOn(jobDone('seed')));
      await rig.setAll(migrate, ...both);
      expect(rig.looks('seed')).to.equal('unseen');
      await rig.pass(100);
      expect(rig.looks('seed')).to.equal('watching seed');
      expect(rig.server.news()).to.deep.equal(['list jobs']);
      expect(rig.told()).to.deep.equal([`${NAMESPACE}/other`, `${NAMESPACE}/second`]);
    });

    it('costs none where the gate that named it goes as the other comes', async () => {
      await rig.setAll(gate('second').dependsOn(jobDone('migrate')));
      await rig.pass(1000);
      expect(rig.looks('migrate')).to.equal('watching migrate');
      expect(rig.server.news()).to.deep.equal([]);
    });

    it('costs none where another gate names it already', async () => {
      await rig.set(gate('second').dependsOn(jobDone('migrate')));
      await rig.pass(1000);
      expect(rig.looks('migrate')).to.equal('watching migrate');
      expect(rig.server.news()).to.deep.equal([]);
    });

    it('costs none where it says the same again', async () => {
      await rig.set(migrate.suspended());
      await rig.pass(1000);
      expect(rig.server.news()).to.deep.equal([]);
    });

    it('may go again before the list', async () => {
      const second = gate('second').dependsOn(jobDone('seed'));
      await rig.set(second);
      await rig.remove(second);
      await rig.pass(100);
      expect(rig.looks('seed')).to.equal('absent');
      await rig.set(second);
      expect(rig.looks('seed'), 'named once more').to.equal('unseen');
      await rig.pass(100);
      expect(rig.looks('seed')).to.equal('watching seed');
    });

    it('may do so while a list is under way', async () => {
      rig.server.holding = { lists: true };
      await rig.set(gate('second').dependsOn(jobDone('seed')));
      await rig.pass(100);
      await rig.set(gate('other').dependsOn(jobDone('third')));
      rig.server.release();
      await rig.quiet();
      expect(rig.looks('third'), 'this list began before').to.equal('unseen');
      await rig.pass(100);
      expect(rig.looks('seed')).to.equal('watching seed');
      expect(rig.looks('third')).to.equal('watching third');
    });
  });

  it('lists each kind once where many gates are there from the start', async () => {
    for (const name of ['a', 'b', 'c']) rig.job(name);
    const many = ['a', 'b', 'c'].map(
      (name) => gate(`of-${name}`).dependsOn(jobDone(name), tcp(name, 80)).gate,
    );
    rig.gates.replace(new Map(many.map((one) => [`${one.namespace}/${one.name}`, one])), true);
    await rig.quiet();
    await rig.pass(1000);
    expect(rig.server.news().sort()).to.deep.equal([
      ...['discover batch/v1', 'discover discovery.k8s.io/v1', 'discover v1'],
      ...['list endpointslices', 'list jobs', 'list services'],
    ]);
    for (const name of ['a', 'b', 'c']) expect(rig.looks(name)).to.equal(`watching ${name}`);
  });

  describe('who is told', () => {
    it('are the gates that name what changed, in its namespace', async () => {
      await rig.set(migrate);
      await rig.set(migrate, 'elsewhere');
      await rig.set(gate('other').dependsOn(jobDone('seed')));
      await rig.pass(100);
      rig.told();
      rig.job('migrate');
      await rig.quiet();
      expect(rig.told()).to.deep.equal([`${NAMESPACE}/g`]);
      rig.job('unknown');
      await rig.quiet();
      expect(rig.told()).to.deep.equal([]);
    });

    it('are all gates of a kind when it can be seen, and no longer can', async () => {
      await rig.set(migrate);
      await rig.set(gate('other').dependsOn(jobDone('seed')));
      await rig.set(gate('apart').dependsOn(database('db')));
      await rig.pass(100);
      rig.told();
      rig.server.fail(jobs, 403);
      await rig.quiet();
      expect(rig.looks('migrate')).to.equal('forbidden');
      expect(rig.told()).to.deep.equal([`${NAMESPACE}/g`, `${NAMESPACE}/other`]);
      await rig.pass(800);
      expect(rig.looks('migrate')).to.equal('absent');
      expect(rig.told()).to.deep.equal([`${NAMESPACE}/g`, `${NAMESPACE}/other`]);
    });

    it('is nobody by what goes wrong and is tried again', async () => {
      await rig.set(migrate);
      rig.told();
      rig.server.failures.watch.push(refused(500));
      rig.server.endWatches();
      await rig.quiet();
      await rig.pass(800);
      expect(rig.errors).to.deep.equal(['batch/v1/Job: said 500']);
      expect(rig.told()).to.deep.equal([]);
      expect(rig.looks('migrate')).to.equal('absent');
    });
  });

  it('keeps the last readable version of an object that cannot be read, and says so', async () => {
    rig.job('migrate');
    await rig.set(migrate);
    rig.server.put(jobs, { metadata: { namespace: NAMESPACE, name: 'migrate', labels: { odd: 1 } } });
    await rig.quiet();
    expect(rig.looks('migrate')).to.equal('watching migrate');
    expect(rig.errors).to.have.length(1);
    expect(rig.errors[0]).to.match(/^batch\/v1\/Job: cannot read/);
  });

  it('hears of no gate after it was stopped', async () => {
    await rig.watches.stop();
    await rig.set(migrate);
    expect(rig.watches.size).to.equal(0);
    expect(rig.server.news()).to.deep.equal([]);
  });
});
