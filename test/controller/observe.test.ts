import { expect } from 'chai';
import { Memory } from '../../src/controller/memory.ts';
import { observe, observeWorkload, versionIn } from '../../src/controller/observe.ts';
import { createStores } from '../../src/controller/stores.ts';
import {
  cronJob,
  dns,
  gate,
  job,
  NOW,
  pod,
  refusal,
  SETTINGS,
  statefulSet,
  workload,
} from '../core/builders.ts';

const apiFirst = gate('api-first').targets('pinger', 'StatefulSet/db').dependsOn(dns('api')).rendered();
const pinger = workload('pinger');
const NS = apiFirst.gate.namespace;
const KEY = { namespace: NS, name: 'api-first' };
const PINGER = { kind: 'Deployment', namespace: NS, name: 'pinger' } as const;
const referenced = { look: () => undefined };
const around = {
  memory: new Memory(),
  settings: SETTINGS,
  firstStarts: 'placed' as const,
  foreignPolicies: [],
  olderCrd: undefined,
  idleAdmission: new Map(),
  placing: new Map(),
  referenced,
};

describe('observe', () => {
  it('sees targets, carriers that are none, and the workloads of its Pods', () => {
    const stores = createStores();
    stores.gates.set(apiFirst.gate);
    stores.workloads.Deployment.set(pinger.workload);
    stores.workloads.Deployment.set(workload('left').carrying(apiFirst).workload);
    stores.workloads.Deployment.set(workload('of-pod').workload);
    stores.workloads.Deployment.set(workload('stranger').workload);
    stores.pods.set(pod('a').of('of-pod').carrying(apiFirst).pod);
    const seen = observe(stores, around, KEY, NOW);
    expect([...(seen?.workloads.keys() ?? [])]).to.have.members([
      'Deployment/pinger',
      'Deployment/left',
      'Deployment/of-pod',
    ]);
  });

  it('sees Pods that carry it, and those of its targets that do not; nothing of other namespaces', () => {
    const stores = createStores();
    stores.gates.set(apiFirst.gate);
    const other = gate('other').dependsOn(dns('x'));
    for (const name of ['pinger', 'poller']) stores.workloads.Deployment.set(workload(name).workload);
    stores.workloads.StatefulSet.set(statefulSet('db').workload);
    stores.pods.set(pod('carries').of('pinger').carrying(apiFirst).pod);
    stores.pods.set(pod('of-target').of('StatefulSet/db').carrying(other).pod);
    stores.pods.set(pod('stranger').of('poller').carrying(other).pod);
    stores.pods.set(pod('far').of('pinger').carrying(apiFirst).with({ namespace: 'far' }).pod);
    const names = observe(stores, around, KEY, NOW)?.pods.map(({ name }) => name);
    expect(names).to.have.members(['carries', 'of-target']);
  });

  it('sees no Pod that only looks like one of a workload, and none of another that had its name', () => {
    const stores = createStores();
    const owner = { name: 'db', uid: 'uid-of-another' };
    stores.gates.set(apiFirst.gate);
    stores.workloads.StatefulSet.set(statefulSet('db').workload);
    stores.pods.set(pod('own').of('StatefulSet/db').carrying(apiFirst).pod);
    stores.pods.set(pod('older').of('StatefulSet/db').carrying(apiFirst).with({ owner }).pod);
    stores.pods.set(pod('bare').of('StatefulSet/db').carrying(apiFirst).with({ target: '' }).pod);
    expect(observe(stores, around, KEY, NOW)?.pods.map(({ name }) => name)).to.deep.equal(['own']);
    const of = observeWorkload(
      stores,
      { ...around, memory: new Memory() },
      { ...PINGER, kind: 'StatefulSet', name: 'db' },
      NOW,
    );
    expect(of?.pods.map(({ name }) => name)).to.deep.equal(['own']);
  });

  it("sees the Pods of a CronJob's own Jobs, and of no Job that only says so", () => {
    const stores = createStores();
    const nightly = gate('nightly').targets('CronJob/nightly').dependsOn(dns('api')).rendered();
    stores.gates.set(nightly.gate);
    stores.workloads.CronJob.set(cronJob('nightly').workload);
    const jobs = { mine: 'uid-of-nightly', byHand: 'uid-of-nightly', forged: '', others: 'uid-of-another' };
    for (const [name, ownerUid] of Object.entries(jobs)) {
      stores.workloads.Job.set(job(name).with({ ownerUid }).workload);
      const owner = { name, uid: `uid-of-${name}` };
      stores.pods.set(pod(name).of('CronJob/nightly').carrying(nightly).with({ owner }).pod);
    }
    const gone = { name: 'gone', uid: 'uid-of-gone' };
    stores.pods.set(pod('early').of('CronJob/nightly').carrying(nightly).with({ owner: gone }).pod);
    const seen = observe(stores, around, { ...KEY, name: 'nightly' }, NOW);
    expect(seen?.pods.map(({ name }) => name)).to.have.members(['mine', 'byHand']);
  });

  it('remembers what its workloads refuse, and makes no memory of those that nobody has reconciled', () => {
    const stores = createStores();
    const memory = new Memory();
    stores.gates.set(apiFirst.gate);
    for (const one of [pinger, workload('poller')]) stores.workloads.Deployment.set(one.workload);
    const refused = refusal('target', apiFirst, { target: 'Deployment/pinger' });
    memory.workloads.of(PINGER).refused(refused);
    memory.workloads.of({ ...PINGER, name: 'poller' }).refused({ ...refused, target: 'Deployment/poller' });
    expect(observe(stores, { ...around, memory }, KEY, NOW)?.refusals).to.deep.equal([refused]);
    expect(memory.workloads.size).to.equal(2);
  });

  it('knows no gate that does not exist', () => {
    expect(observe(createStores(), around, KEY, NOW)).to.equal(undefined);
  });
});

describe('observeWorkload', () => {
  it('sees the gates that name it, and those that it or its Pods carry or require, as far as they exist', () => {
    const stores = createStores();
    const [left, required] = [gate('left').dependsOn(dns('x')), gate('required')];
    for (const one of [apiFirst, left, required, gate('stranger').targets('poller')])
      stores.gates.set(one.gate);
    stores.workloads.Deployment.set(pinger.carrying(left, gate('gone').dependsOn(dns('y'))).workload);
    stores.ungated.set(pod('b').of('pinger').heldFor('required').pod);
    stores.pods.set(pod('a').of('pinger').carrying(left).pod);
    stores.pods.set(pod('c').of('poller').carrying(left).pod);
    const seen = observeWorkload(stores, { ...around, memory: new Memory() }, PINGER, NOW);
    expect([...(seen?.gates.keys() ?? [])]).to.have.members(['api-first', 'left', 'required']);
    expect(seen?.pods.map(({ name }) => name)).to.have.members(['a', 'b']);
  });

  it('remembers what was refused of its patches, and of the renders of its gates', () => {
    const stores = createStores();
    const memory = new Memory();
    stores.gates.set(apiFirst.gate);
    stores.workloads.Deployment.set(pinger.workload);
    memory.gates.of({ kind: 'DependencyGate', ...KEY }).renderRefused(refusal('render', apiFirst, {}));
    memory.workloads.of(PINGER).refused(refusal('target', apiFirst, { target: 'Deployment/pinger' }));
    const seen = observeWorkload(stores, { ...around, memory }, PINGER, NOW);
    expect(seen?.refusals.map(({ of }) => of)).to.have.members(['render', 'target']);
  });

  it('knows no workload that does not exist', () => {
    expect(observeWorkload(createStores(), around, PINGER, NOW)).to.equal(undefined);
  });
});

describe('versionIn', () => {
  it('finds what the operator writes to, by kind and key', () => {
    const stores = createStores();
    stores.gates.set(apiFirst.gate);
    stores.workloads.StatefulSet.set(statefulSet('db').workload);
    stores.ungated.set(pod('b').of('poller').pod);
    const versionOf = versionIn(stores);
    const of = (kind: string, name: string) => versionOf({ kind, namespace: NS, name });
    expect(of('DependencyGate', 'api-first')?.uid).to.equal(apiFirst.gate.uid);
    expect(of('StatefulSet', 'db')?.resourceVersion).to.equal('200');
    expect(of('Pod', 'b')?.uid).to.equal('uid-of-b');
    expect(of('Deployment', 'db')).to.equal(undefined);
    expect(of('Secret', 'db')).to.equal(undefined);
  });
});
