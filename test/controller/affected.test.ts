import { expect } from 'chai';
import { subscribe } from '../../src/controller/affected.ts';
import { idOf, type Reconciled } from '../../src/controller/reference.ts';
import { createStores, type Stores } from '../../src/controller/stores.ts';
import { dns, gate, pod, statefulSet, workload } from '../core/builders.ts';
import { otherGate } from '../core/evaluated-builders.ts';

const apiFirst = gate('api-first').targets('pinger', 'StatefulSet/db').dependsOn(dns('api')).rendered();
const pinger = workload('pinger');
const NS = apiFirst.gate.namespace;
const KEY = `${NS}/api-first`;

/** Filled stores, and the gates and workloads that were told since the last call. */
function rig(): { stores: Stores; keys: () => string[]; workloads: () => string[] } {
  const stores = createStores();
  const gates: string[] = [];
  const workloads: string[] = [];
  subscribe(stores, (one: Reconciled) => {
    if (one.kind === 'DependencyGate') gates.push(`${one.namespace}/${one.name}`);
    else workloads.push(idOf(one));
  });
  return { stores, keys: () => gates.splice(0), workloads: () => workloads.splice(0) };
}

describe('subscribe', () => {
  it('tells a gate of itself', () => {
    const { stores, keys, workloads } = rig();
    stores.gates.set(apiFirst.gate);
    expect(keys()).to.deep.equal([KEY]);
    expect(workloads()).to.deep.equal([]);
  });

  it('tells the gates that name a workload, although it does not carry them', () => {
    const { stores, keys } = rig();
    stores.gates.set(apiFirst.gate);
    keys();
    stores.workloads.Deployment.set(pinger.workload);
    stores.workloads.Deployment.set(workload('other').workload);
    stores.workloads.StatefulSet.set(statefulSet('pinger').workload);
    expect(keys()).to.deep.equal([KEY]);
  });

  it('tells the gates of which something stands in a template, although they do not name it', () => {
    const { stores, keys } = rig();
    stores.gates.set(apiFirst.targets('other').gate);
    keys();
    stores.workloads.Deployment.set(pinger.carrying(apiFirst).workload);
    expect(keys()).to.deep.equal([KEY]);
  });

  it('tells them once more when it is taken out', () => {
    const { stores, keys } = rig();
    stores.gates.set(apiFirst.targets('other').gate);
    stores.workloads.Deployment.set(pinger.carrying(apiFirst).workload);
    keys();
    stores.workloads.Deployment.set(pinger.with({ resourceVersion: '201' }).workload);
    expect(keys()).to.deep.equal([KEY]);
  });

  it('tells the gates that a Pod carries, requires, or is a target of', () => {
    const { stores, keys } = rig();
    for (const one of [gate('by-target').targets('pinger'), apiFirst, gate('to-come')])
      stores.gates.set(one.gate);
    keys();
    stores.pods.set(pod('a').of('pinger').carrying(apiFirst).heldFor('to-come').pod);
    expect(keys()).to.have.members([KEY, `${NS}/to-come`, `${NS}/by-target`]);
    stores.ungated.set(pod('b').of('poller').heldFor('to-come').pod);
    expect(keys()).to.deep.equal([`${NS}/to-come`]);
  });
});

describe('subscribe, of gates that wait for each other', () => {
  const waits = (name: string, ...before: string[]) =>
    gate(name).dependsOn(dns('x'), ...before.map(otherGate));

  it('tells the gates that wait for one, and those that wait for them', () => {
    const { stores, keys } = rig();
    for (const one of [waits('a', 'b'), waits('b', 'c'), waits('d', 'x', 'c'), waits('e', 'f')])
      stores.gates.set(one.gate);
    stores.gates.set(waits('c').with({ namespace: 'elsewhere' }).gate);
    keys();
    stores.gates.set(waits('c').gate);
    expect(keys()).to.have.members(['a', 'b', 'c', 'd'].map((name) => `${NS}/${name}`));
  });

  it('tells all of a cycle, when it begins and when it ends', () => {
    const { stores, keys } = rig();
    for (const one of [waits('a', 'b'), waits('b', 'c')]) stores.gates.set(one.gate);
    keys();
    const all = ['a', 'b', 'c'].map((name) => `${NS}/${name}`);
    stores.gates.set(waits('c', 'a').gate);
    expect(keys()).to.have.members(all);
    stores.gates.set(waits('c').with({ resourceVersion: '101' }).gate);
    expect(keys()).to.have.members(all);
    stores.gates.set(waits('c', 'a').with({ resourceVersion: '102' }).gate);
    keys();
    stores.gates.delete(`${NS}/b`);
    expect(keys()).to.include.members([`${NS}/a`, `${NS}/b`]);
  });

  it('tells each once, by whichever ways it waits', () => {
    const { stores, keys } = rig();
    for (const one of [waits('a', 'b', 'c'), waits('b', 'd'), waits('c', 'd')]) stores.gates.set(one.gate);
    keys();
    stores.gates.set(waits('d').gate);
    expect(keys()).to.have.length(4);
  });

  it('knows nothing of what a gate waited for before its spec was broken', () => {
    const { stores, keys } = rig();
    stores.gates.set(waits('a', 'b').gate);
    stores.gates.set(waits('a', 'b').with({ resourceVersion: '101' }).invalid('no good').gate);
    keys();
    stores.gates.set(waits('b').gate);
    expect(keys()).to.deep.equal([`${NS}/b`]);
  });
});

describe('subscribe, of workloads', () => {
  const fills = (...names: string[]) => {
    const all = rig();
    for (const name of names) all.stores.workloads.Deployment.set(workload(name).workload);
    all.workloads();
    return all;
  };
  const touched = pinger.with({ resourceVersion: '201' });

  it('tells one that has to do with gates, and no other', () => {
    const { stores, workloads } = fills('pinger', 'poller');
    stores.workloads.Deployment.set(touched.workload);
    expect(workloads()).to.deep.equal([]);
    stores.gates.set(apiFirst.gate);
    workloads();
    stores.workloads.Deployment.set(pinger.with({ resourceVersion: '202' }).workload);
    stores.workloads.Deployment.set(workload('poller').with({ resourceVersion: '202' }).workload);
    expect(workloads()).to.deep.equal([`Deployment/${NS}/pinger`]);
  });

  it('tells one of gates that do not exist: they are told of nothing', () => {
    const { stores, keys, workloads } = rig();
    stores.workloads.Deployment.set(pinger.carrying(apiFirst).workload);
    expect(keys()).to.deep.equal([]);
    expect(workloads()).to.deep.equal([`Deployment/${NS}/pinger`]);
  });

  it('tells one that is gone, so that it is forgotten', () => {
    const { stores, workloads } = fills('pinger');
    stores.workloads.Deployment.delete(`${NS}/pinger`);
    expect(workloads()).to.deep.equal([`Deployment/${NS}/pinger`]);
  });

  it('tells what a gate names, named before, has left something in, or is required by', () => {
    const { stores, workloads } = fills('pinger', 'poller', 'of-pod');
    stores.workloads.Deployment.set(workload('left').carrying(apiFirst).workload);
    stores.ungated.set(pod('a').of('of-pod').heldFor('api-first').pod);
    workloads();
    stores.gates.set(apiFirst.gate);
    expect(workloads()).to.have.members(
      ['left', 'of-pod', 'pinger'].map((name) => `Deployment/${NS}/${name}`),
    );
    const renamed = apiFirst.targets('poller').generation(2).with({ resourceVersion: '101' });
    stores.gates.set(renamed.gate);
    expect(workloads()).to.include.members(['pinger', 'poller'].map((name) => `Deployment/${NS}/${name}`));
    stores.gates.set(renamed.deleting().with({ resourceVersion: '102' }).gate);
    expect(workloads()).to.include(`Deployment/${NS}/poller`);
  });

  it('tells nothing of what a gate says of itself but its render', () => {
    const { stores, workloads } = fills('pinger');
    const { gate: bare } = apiFirst.withStatus({});
    stores.gates.set(bare);
    workloads();
    stores.gates.set({ ...bare, resourceVersion: '101', status: { observedGeneration: 1 } });
    expect(workloads()).to.deep.equal([]);
    stores.gates.set({ ...apiFirst.gate, resourceVersion: '102' });
    expect(workloads()).to.deep.equal([`Deployment/${NS}/pinger`]);
  });

  it('tells all that a gate names when its version is told of once more: another part of it is shown', () => {
    const { stores, workloads } = fills('pinger');
    stores.gates.set(apiFirst.gate);
    workloads();
    stores.gates.replace(new Map([[`${NS}/api-first`, apiFirst.suspended().gate]]), false, true);
    expect(workloads()).to.deep.equal([`Deployment/${NS}/pinger`]);
  });

  it('tells the workload of a Pod only where no gate cares for it', () => {
    const { stores, workloads } = fills('pinger');
    stores.gates.set(apiFirst.gate);
    workloads();
    const one = pod('a').of('pinger');
    stores.pods.set(one.carrying(apiFirst).pod);
    expect(workloads()).to.deep.equal([]);
    for (const [index, cares] of [
      one.heldFor('x'),
      one.carrying(gate('gone').dependsOn(dns('x'))),
    ].entries()) {
      stores.pods.set(cares.with({ resourceVersion: `${400 + index}` }).pod);
      expect(workloads(), `${index}`).to.deep.equal([`Deployment/${NS}/pinger`]);
    }
  });

  it('takes from a template no more names than it can carry gates, and none that no gate can have', () => {
    const { stores, keys } = rig();
    const names = [...Array.from({ length: 300 }, (_, index) => `n${index}`), 'Not_A_Gate', 'a--b'];
    for (const name of names) stores.gates.set(gate(name).gate);
    keys();
    const annotations = Object.fromEntries(names.map((name) => [`gate.dependencygate.dev/${name}`, 'x']));
    stores.pods.set(pod('a').of('pinger').with({ annotations }).pod);
    expect(keys()).to.have.length(64);
    const { template } = pinger.workload;
    stores.workloads.Deployment.set(pinger.with({ template: { ...template, annotations } }).workload);
    const indexed = names.filter(
      (name) => stores.workloads.Deployment.byIndex('gate', `${NS}/${name}`).length > 0,
    );
    expect(indexed).to.have.length(64);
    expect(indexed).not.to.include('Not_A_Gate');
  });
});
