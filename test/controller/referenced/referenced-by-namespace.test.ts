import { expect } from 'chai';
import { ReferencedObjects } from '../../../src/controller/referenced/referenced-by-namespace.ts';
import { createStores } from '../../../src/controller/stores.ts';
import { gate } from '../../core/builders.ts';
import { database, jobDone } from '../../core/evaluated-builders.ts';
import { ManualClock, settled } from '../../kube/manual-clock.ts';
import { FakeKinds, jobs } from '../../kube/watch/fake-kinds.ts';
import { DATABASE, databases, JOB } from './referenced-rig.ts';

function rig(namespaces: readonly string[] | undefined) {
  const server = new FakeKinds();
  server.served.set('Job', jobs);
  server.served.set('Database', databases);
  const { gates } = createStores();
  const told: string[] = [];
  const objects = new ReferencedObjects(
    {
      ...{ requests: server, gates, clock: new ManualClock(), random: () => 0 },
      onAffected: ({ namespace, name }) => told.push(`${namespace}/${name}`),
      onError: (_, error) => {
        throw error;
      },
    },
    namespaces,
  );
  objects.start();
  const quiet = async () => {
    for (let turn = 0; turn < 12; turn++) await settled();
  };
  const set = async (namespace: string, of = gate('g').dependsOn(jobDone('migrate'))) => {
    gates.set({ ...of.gate, namespace });
    await quiet();
  };
  return { server, objects, set, told, quiet };
}

const looks = (objects: ReferencedObjects, namespace: string, kind = JOB, name = 'migrate') => {
  const look = objects.look({ ...kind, name }, namespace);
  return look?.is === 'watching' ? look.found.length : look?.is;
};

describe('ReferencedObjects', () => {
  it('watch a kind in each namespace by itself, from its own first gate on', async () => {
    const { server, objects, set, told, quiet } = rig(['a', 'b']);
    for (const namespace of ['a', 'b', 'c']) server.put(jobs, { metadata: { namespace, name: 'migrate' } });
    await set('a');
    expect(server.news()).to.deep.equal(['discover batch/v1', 'list jobs in a']);
    expect(['a', 'b', 'c'].map((one) => looks(objects, one))).to.deep.equal([1, undefined, undefined]);
    await set('b');
    expect(server.news()).to.deep.equal(['discover batch/v1', 'list jobs in b']);
    expect(['a', 'b', 'c'].map((one) => looks(objects, one))).to.deep.equal([1, 1, undefined]);
    told.splice(0);
    server.put(jobs, { metadata: { namespace: 'a', name: 'migrate' }, spec: {} });
    await quiet();
    expect([...new Set(told)]).to.deep.equal(['a/g']);
    await objects.stop();
    await quiet();
    expect(server.open).to.equal(0);
  });

  it('watch a kind that has no namespaces as a whole', async () => {
    const { server, objects, set } = rig(['a']);
    server.put(databases, { metadata: { name: 'db' } });
    await set('a', gate('g').dependsOn(database('db')));
    expect(server.news()).to.deep.equal(['discover example.com/v1', 'list databases']);
    expect(looks(objects, 'a', DATABASE, 'db')).to.equal(1);
    await objects.stop();
  });

  it('watch all namespaces at once where none are named', async () => {
    const { server, objects, set } = rig(undefined);
    await set('a');
    await set('b');
    expect(server.news().filter((one) => one.startsWith('list'))[0]).to.equal('list jobs');
    expect(server.open).to.equal(1);
    await objects.stop();
  });
});
