import { expect } from 'chai';
import { ENDPOINT_SLICE, SERVICE } from '../../../src/core/evaluate/references.ts';
import { container, dns, gate, NAMESPACE } from '../../core/builders.ts';
import { database, jobDone, otherGate, service } from '../../core/evaluated-builders.ts';
import { settled } from '../../kube/manual-clock.ts';
import { jobs, refused } from '../../kube/watch/fake-kinds.ts';
import { DATABASE, databases, JOB, migrate, ReferencedRig, services } from './referenced-rig.ts';

describe('ReferencedWatches', () => {
  let rig: ReferencedRig;
  beforeEach(() => {
    rig = new ReferencedRig();
  });
  afterEach(() => rig.end());

  describe('a kind', () => {
    it('is watched from the first gate that needs it, once for all, until the last is gone', async () => {
      expect(rig.server.news()).to.deep.equal([]);
      await rig.set(migrate);
      expect(rig.server.news()).to.deep.equal(['discover batch/v1', 'list jobs']);
      const second = gate('second').dependsOn(jobDone('migrate'));
      await rig.set(second);
      await rig.pass(1000);
      expect(rig.server.news()).to.deep.equal([]);
      await rig.remove(migrate);
      expect(rig.server.open).to.equal(1);
      await rig.remove(second);
      expect(rig.server.open).to.equal(0);
      expect(rig.looks('migrate')).to.equal('unseen');
    });

    it('is watched no longer when the gate turns to something else, or its spec cannot be read', async () => {
      await rig.set(migrate);
      await rig.set(migrate.dependsOn(dns('api.example.com')));
      expect(rig.watches.size).to.equal(0);
      await rig.set(migrate);
      await rig.set(migrate.invalid('no good'));
      expect(rig.watches.size).to.equal(0);
    });

    it('is watched again when it is needed again', async () => {
      rig.job('migrate');
      await rig.set(migrate);
      await rig.remove(migrate);
      await rig.set(migrate);
      expect(rig.looks('migrate')).to.equal('watching migrate');
    });

    it('is not watched for what needs none', async () => {
      await rig.set(migrate.dependsOn(otherGate('db'), container('own'), dns('api.example.com')));
      expect(rig.watches.size).to.equal(0);
    });

    it('is stopped at every moment of its beginning', async () => {
      rig.gates.set(migrate.gate);
      rig.gates.delete(`${NAMESPACE}/g`);
      rig.gates.set(migrate.gate);
      rig.server.holding = { resources: true };
      await settled();
      rig.gates.delete(`${NAMESPACE}/g`);
      rig.gates.set(migrate.gate);
      rig.server.holding = { lists: true };
      await settled();
      rig.gates.delete(`${NAMESPACE}/g`);
      await rig.quiet();
    });
  });

  describe('look', () => {
    it('knows nothing before the first list, and then what there is', async () => {
      rig.job('migrate');
      rig.server.holding = { lists: true };
      await rig.set(migrate);
      expect(rig.looks('migrate')).to.equal('unseen');
      rig.server.release();
      await rig.quiet();
      expect(rig.looks('migrate')).to.equal('watching migrate');
    });

    it('shows the object with what lists leave out, and without what is of no use', async () => {
      rig.server.put(jobs, {
        metadata: { namespace: NAMESPACE, name: 'migrate', managedFields: [{ manager: 'kubectl' }] },
        status: { succeeded: 1 },
      });
      await rig.set(migrate);
      const look = rig.watches.look({ ...JOB, name: 'migrate' }, NAMESPACE);
      const object = look?.is === 'watching' ? look.found[0] : undefined;
      expect(object).to.deep.include({ ...JOB, status: { succeeded: 1 } });
      expect(object?.metadata).to.include({ name: 'migrate' }).and.not.to.have.property('managedFields');
    });

    it('sees what comes, changes and goes', async () => {
      await rig.set(migrate);
      expect(rig.looks('migrate')).to.equal('absent');
      rig.job('migrate');
      await rig.quiet();
      expect(rig.looks('migrate')).to.equal('watching migrate');
      rig.server.delete(jobs, NAMESPACE, 'migrate');
      await rig.quiet();
      expect(rig.looks('migrate')).to.equal('absent');
    });

    it('sees nothing of other namespaces, whatever is there of that name', async () => {
      rig.job('migrate', 'elsewhere');
      await rig.set(migrate);
      await rig.set(migrate, 'elsewhere');
      await rig.pass(100);
      expect(rig.looks('migrate')).to.equal('absent');
      expect(rig.looks('migrate', JOB, 'elsewhere')).to.equal('watching migrate');
    });

    it('sees an object without a namespace from every namespace that names it', async () => {
      rig.server.put(databases, { metadata: { name: 'db' } });
      const of = gate('g').dependsOn(database('db'));
      await rig.set(of);
      await rig.set(of, 'elsewhere');
      await rig.pass(100);
      for (const namespace of [NAMESPACE, 'elsewhere']) {
        expect(rig.looks('db', DATABASE, namespace)).to.equal('watching db');
        expect(rig.watches.look({ ...DATABASE, name: 'db' }, namespace)).to.include({ isNamespaced: false });
      }
      rig.told();
      rig.server.put(databases, { metadata: { name: 'db' }, status: {} });
      await rig.quiet();
      expect(rig.told()).to.deep.equal(['elsewhere/g', `${NAMESPACE}/g`]);
    });

    it('tells a kind that is not served from one that may not be read', async () => {
      rig.server.served.delete('Database');
      rig.server.failures.watch.push(refused(403));
      await rig.set(migrate.dependsOn(database('db'), jobDone('migrate')));
      expect(rig.looks('db', DATABASE)).to.equal('unknown');
      expect(rig.looks('migrate')).to.equal('forbidden');
      expect(rig.watches.look({ ...JOB, name: 'migrate' }, NAMESPACE)).to.deep.equal({
        is: 'forbidden',
        resource: jobs,
      });
    });
  });

  it('tells the gates of a kind why nothing of it can be read, and when it can', async () => {
    rig.server.failures.resources.push(refused(503));
    await rig.set(migrate.dependsOn(jobDone('migrate')));
    expect(rig.watches.look({ ...JOB, name: 'migrate' }, NAMESPACE)).to.deep.equal({
      is: 'looking',
      problem: 'said 503',
    });
    expect(rig.told()).to.deep.equal([`${NAMESPACE}/${migrate.gate.name}`]);
    await rig.pass(800);
    expect(rig.looks('migrate')).to.equal('absent');
    expect(rig.told()).to.deep.equal([`${NAMESPACE}/${migrate.gate.name}`]);
  });

  describe('what is kept', () => {
    it('is what gates name, and nothing else', async () => {
      for (const name of ['migrate', 'seed', 'other']) rig.job(name);
      await rig.set(migrate.dependsOn(jobDone('migrate'), jobDone('seed')));
      expect(rig.looks('seed')).to.equal('watching seed');
      expect(rig.looks('other')).to.equal('absent');
    });

    it('is given up when no gate names it any more', async () => {
      for (const name of ['migrate', 'seed']) rig.job(name);
      await rig.set(migrate.dependsOn(jobDone('migrate'), jobDone('seed')));
      await rig.set(migrate);
      expect(rig.looks('seed')).to.equal('absent');
      expect(rig.looks('migrate')).to.equal('watching migrate');
    });

    it('is kept while another gate names it', async () => {
      rig.job('migrate');
      await rig.set(migrate);
      await rig.set(gate('second').dependsOn(jobDone('migrate')));
      await rig.remove(migrate);
      expect(rig.looks('migrate')).to.equal('watching migrate');
    });

    it('are the slices of a Service, by its name and not by theirs', async () => {
      rig.slice('api-1', 'api');
      rig.slice('api-2', 'api');
      rig.slice('api', 'other');
      rig.slice('api-3', undefined);
      rig.slice('api-4', 'api', 'elsewhere');
      rig.server.put(services, { metadata: { namespace: NAMESPACE, name: 'api' } });
      await rig.set(gate('g').dependsOn(service('api')));
      expect(rig.looks('api', ENDPOINT_SLICE)).to.equal('watching api-1 api-2');
      expect(rig.looks('api', SERVICE)).to.equal('watching api');
    });

    it('follows a slice that changes its Service', async () => {
      rig.slice('one', 'api');
      await rig.set(gate('g').dependsOn(service('api'), service('web')));
      await rig.set(gate('w').dependsOn(service('web')));
      rig.told();
      rig.slice('one', 'web');
      await rig.quiet();
      expect(rig.looks('api', ENDPOINT_SLICE)).to.equal('absent');
      expect(rig.looks('web', ENDPOINT_SLICE)).to.equal('watching one');
      expect(rig.told()).to.deep.equal([`${NAMESPACE}/g`, `${NAMESPACE}/w`]);
      rig.slice('one', 'nobody');
      await rig.quiet();
      expect(rig.looks('web', ENDPOINT_SLICE)).to.equal('absent');
    });
  });
});
