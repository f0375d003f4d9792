import { expect } from 'chai';
import { Memory } from '../../src/controller/memory.ts';
import { observe, observeAbsent, versionIn } from '../../src/controller/observe.ts';
import { countHeld, createStores, knownGates, type Stores, subscribe } from '../../src/controller/stores.ts';
import { dns, gate, pod, SETTINGS, statefulSet, workload } from '../core/builders.ts';

const apiFirst = gate('api-first').targets('pinger', 'StatefulSet/db').dependsOn(dns('api')).rendered();
const pinger = workload('pinger');
const NS = apiFirst.gate.namespace;
const KEY = `${NS}/api-first`;

/** Filled stores, and the keys that each change added. */
function rig(): { stores: Stores; keys: () => string[] } {
  const stores = createStores();
  const heard: string[] = [];
  subscribe(stores, (key) => heard.push(key));
  return { stores, keys: () => heard.splice(0) };
}
const subjects = { look: () => undefined };
const around = { memory: new Memory(), settings: SETTINGS, hasAdmission: true, subjects };

describe('subscribe', () => {
  it('tells a gate of itself', () => {
    const { stores, keys } = rig();
    stores.gates.set(apiFirst.gate);
    expect(keys()).to.deep.equal([KEY]);
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

  it('tells the gates of which something stands in a template, although they do not exist', () => {
    const { stores, keys } = rig();
    stores.workloads.Deployment.set(pinger.carrying(apiFirst).workload);
    expect(keys()).to.deep.equal([KEY]);
  });

  it('tells them once more when it is taken out', () => {
    const { stores, keys } = rig();
    stores.workloads.Deployment.set(pinger.carrying(apiFirst).workload);
    keys();
    stores.workloads.Deployment.set(pinger.with({ resourceVersion: '201' }).workload);
    expect(keys()).to.deep.equal([KEY]);
  });

  it('tells the gates that a Pod carries, requires, or is a target of', () => {
    const { stores, keys } = rig();
    stores.gates.set(gate('by-target').targets('pinger').gate);
    keys();
    stores.pods.set(pod('a').of('pinger').carrying(apiFirst).heldFor('to-come').pod);
    expect(keys()).to.have.members([KEY, `${NS}/to-come`, `${NS}/by-target`]);
    stores.ungated.set(pod('b').of('poller').heldFor('to-come').pod);
    expect(keys()).to.deep.equal([`${NS}/to-come`]);
  });
});

describe('knownGates', () => {
  it('are those that exist, are carried or are required', () => {
    const { stores } = rig();
    stores.gates.set(gate('exists').gate);
    stores.workloads.Deployment.set(pinger.carrying(apiFirst).workload);
    stores.ungated.set(pod('b').of('poller').heldFor('to-come').pod);
    expect([...knownGates(stores)]).to.have.members([`${NS}/exists`, KEY, `${NS}/to-come`]);
  });
});

describe('countHeld', () => {
  it('counts held Pods, gated by another gate or not', () => {
    const { stores } = rig();
    stores.pods.set(pod('a').of('pinger').carrying(apiFirst).heldFor('to-come').pod);
    stores.ungated.set(pod('b').of('poller').heldFor('to-come').pod);
    stores.ungated.set(
      pod('c')
        .of('poller')
        .with({ required: ['to-come'] }).pod,
    );
    expect(countHeld(stores)).to.equal(2);
  });
});

describe('observe', () => {
  it('sees targets, carriers that are none, and the workloads of its Pods', () => {
    const { stores } = rig();
    stores.gates.set(apiFirst.gate);
    stores.workloads.Deployment.set(pinger.workload);
    stores.workloads.Deployment.set(workload('left').carrying(apiFirst).workload);
    stores.workloads.Deployment.set(workload('of-pod').workload);
    stores.workloads.Deployment.set(workload('stranger').workload);
    stores.pods.set(pod('a').of('of-pod').carrying(apiFirst).pod);
    const seen = observe(stores, around, KEY);
    expect([...(seen?.workloads.keys() ?? [])]).to.have.members([
      'Deployment/pinger',
      'Deployment/left',
      'Deployment/of-pod',
    ]);
  });

  it('sees Pods that carry it, and those of its targets that do not; nothing of other namespaces', () => {
    const { stores } = rig();
    stores.gates.set(apiFirst.gate);
    const other = gate('other').dependsOn(dns('x'));
    stores.pods.set(pod('carries').of('pinger').carrying(apiFirst).pod);
    stores.pods.set(pod('of-target').of('StatefulSet/db').carrying(other).pod);
    stores.pods.set(pod('stranger').of('poller').carrying(other).pod);
    stores.pods.set(pod('far').of('pinger').carrying(apiFirst).with({ namespace: 'far' }).pod);
    const names = observe(stores, around, KEY)?.pods.map(({ name }) => name);
    expect(names).to.have.members(['carries', 'of-target']);
  });

  it('knows no gate that does not exist', () => {
    expect(observe(createStores(), around, KEY)).to.equal(undefined);
  });
});

describe('observeAbsent', () => {
  it('sees what is left of a gate that does not exist, and what is held for it', () => {
    const { stores } = rig();
    stores.workloads.Deployment.set(pinger.carrying(apiFirst).workload);
    stores.workloads.Deployment.set(workload('poller').workload);
    stores.ungated.set(pod('b').of('poller').heldFor('api-first').pod);
    const { gate: name, workloads, pods } = observeAbsent(stores, KEY);
    expect(name).to.equal('api-first');
    expect(workloads.map((one) => one.name)).to.have.members(['pinger', 'poller']);
    expect(pods.map((one) => one.name)).to.deep.equal(['b']);
  });
});

describe('versionIn', () => {
  it('finds what the operator writes to, by kind and key', () => {
    const { stores } = rig();
    stores.gates.set(apiFirst.gate);
    stores.workloads.StatefulSet.set(statefulSet('db').workload);
    stores.ungated.set(pod('b').of('poller').pod);
    const versionOf = versionIn(stores);
    expect(versionOf(`DependencyGate/${KEY}`)?.uid).to.equal(apiFirst.gate.uid);
    expect(versionOf(`StatefulSet/${NS}/db`)?.resourceVersion).to.equal('200');
    expect(versionOf(`Pod/${NS}/b`)?.uid).to.equal('uid-of-b');
    expect(versionOf(`Deployment/${NS}/db`)).to.equal(undefined);
    expect(versionOf(`Secret/${NS}/db`)).to.equal(undefined);
  });
});
