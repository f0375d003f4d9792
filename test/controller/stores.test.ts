import { expect } from 'chai';
import { Memory } from '../../src/controller/memory.ts';
import { observe, observeAbsent, versionIn } from '../../src/controller/observe.ts';
import {
  countDependencies,
  countHeld,
  createStores,
  knownGates,
  type Stores,
  subscribe,
} from '../../src/controller/stores.ts';
import { dns, gate, pod, SETTINGS, statefulSet, workload } from '../core/builders.ts';
import { otherGate } from '../core/judged-builders.ts';

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
const around = {
  memory: new Memory(),
  settings: SETTINGS,
  hasAdmission: true,
  idleAdmission: new Map(),
  subjects,
};

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

describe('countDependencies', () => {
  const counts = { pending: 0, starting: 0, checking: 0, failed: 0, passed: 0, opened: 0, blocked: 0 };
  const told = (state: 'Failed' | 'Checking', overdue?: true) => ({
    ...{ name: `${state}-${overdue}`, check: 'dns', state, ...counts },
    ...(overdue && { overdue }),
  });

  it('counts what is overdue and what has failed, over all gates', () => {
    const { stores } = rig();
    stores.gates.set(
      apiFirst.withStatus({ dependencies: [told('Failed', true), told('Checking', true)] }).gate,
    );
    stores.gates.set(gate('b').withStatus({ dependencies: [told('Failed'), told('Checking')] }).gate);
    stores.gates.set(gate('new').gate);
    expect(countDependencies(stores)).to.deep.equal({ overdue: 2, failed: 2 });
  });

  it('counts none where there are no gates', () => {
    expect(countDependencies(createStores())).to.deep.equal({ overdue: 0, failed: 0 });
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
