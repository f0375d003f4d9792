import { expect } from 'chai';
import { createStores } from '../../src/controller/stores.ts';
import { SubjectWatches } from '../../src/controller/subject-watches.ts';
import { ENDPOINT_SLICE, SERVICE, SERVICE_LABEL } from '../../src/core/subjects.ts';
import type { Resource } from '../../src/kube/resource.ts';
import { container, dns, type GateBuilder, gate, NAMESPACE, tcp } from '../core/builders.ts';
import { database, jobDone, otherGate, service } from '../core/judged-builders.ts';
import { FakeKinds, jobs, refused } from '../kube/fake-kinds.ts';
import { ManualClock, settled } from '../kube/manual-clock.ts';

const JOB = { apiVersion: 'batch/v1', kind: 'Job' };
const DATABASE = { apiVersion: 'example.com/v1', kind: 'Database' };
const databases: Resource = { group: 'example.com', version: 'v1', plural: 'databases', namespaced: false };
const services: Resource = { group: '', version: 'v1', plural: 'services', namespaced: true };
const slices: Resource = {
  ...{ group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices', namespaced: true },
};

const migrate = gate('g').targets('pinger').dependsOn(jobDone('migrate'));

/** The watches of an operator that has just started, before a server that has all kinds. Pauses are 800, 1600 … ms. */
class Rig {
  readonly server = new FakeKinds();
  readonly clock = new ManualClock();
  readonly gates = createStores().gates;
  readonly errors: string[] = [];
  readonly #told: string[] = [];
  #version = 0;
  readonly watches = new SubjectWatches({
    requests: this.server,
    gates: this.gates,
    clock: this.clock,
    random: () => 0,
    onAffected: (key) => this.#told.push(key),
    onError: (kind, { message }) => this.errors.push(`${kind}: ${message}`),
  });

  constructor() {
    const served = { Job: jobs, Database: databases, Service: services, EndpointSlice: slices };
    for (const [kind, resource] of Object.entries(served)) this.server.served.set(kind, resource);
    this.watches.start();
  }

  /** A gate is made or changed, and all happens that waits for no timer. */
  async set(of: GateBuilder, namespace = NAMESPACE): Promise<void> {
    this.#version += 1;
    this.gates.set({ ...of.gate, namespace, resourceVersion: String(this.#version) });
    await this.quiet();
  }

  async remove(of: GateBuilder, namespace = NAMESPACE): Promise<void> {
    this.gates.delete(`${namespace}/${of.gate.name}`);
    await this.quiet();
  }

  async quiet(): Promise<void> {
    for (let turn = 0; turn < 12; turn++) await settled();
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.quiet();
  }

  job(name: string, namespace = NAMESPACE, more: object = {}): void {
    this.server.put(jobs, { metadata: { namespace, name }, ...more });
  }

  slice(name: string, of: string | undefined, namespace = NAMESPACE): void {
    const labels = of === undefined ? {} : { [SERVICE_LABEL]: of };
    this.server.put(slices, { metadata: { namespace, name, labels } });
  }

  /** `watching migrate`, `absent`, `unseen`, `forbidden`: what is seen of an object. */
  looks(name: string, kind = JOB, namespace = NAMESPACE): string {
    const look = this.watches.look({ ...kind, name }, namespace);
    if (look?.is !== 'watching') return look?.is ?? 'unseen';
    const names = look.found.map(({ metadata }) => JSON.stringify(metadata).match(/"name":"([^"]*)"/)?.[1]);
    return names.length === 0 ? 'absent' : `watching ${names.sort().join(' ')}`;
  }

  /** The gates that were told since the last call, each once. */
  told(): string[] {
    return [...new Set(this.#told.splice(0))].sort();
  }
}

describe('SubjectWatches', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig();
  });
  afterEach(async () => {
    await rig.watches.stop();
    await rig.quiet();
    expect(rig.clock.pending, 'timers that are left').to.deep.equal([]);
    expect(rig.server.open, 'watches that are left').to.equal(0);
    expect(rig.watches.size, 'kinds that are left').to.equal(0);
  });

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

    it('is watched anew when it is needed again', async () => {
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

  describe('a gate that names another object of a kind that is watched', () => {
    beforeEach(async () => {
      for (const name of ['migrate', 'seed', 'third']) rig.job(name);
      await rig.set(migrate);
      rig.server.news();
      rig.told();
    });

    it('has it unseen until the kind was listed anew, and is told then; nobody else is', async () => {
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
      expect(rig.server.news()).to.deep.equal(['discover batch/v1', 'list jobs']);
      expect(rig.looks('third')).to.equal('watching third');
      await rig.pass(1000);
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
