import { expect } from 'chai';
import { idOf } from '../../src/controller/reference.ts';
import { countDependencies, countHeld, createStores, everything } from '../../src/controller/stores.ts';
import { dns, gate, pod, workload } from '../core/builders.ts';

const apiFirst = gate('api-first').targets('pinger', 'StatefulSet/db').dependsOn(dns('api')).rendered();
const pinger = workload('pinger');
const NS = apiFirst.gate.namespace;

describe('countDependencies', () => {
  const counts = { pending: 0, starting: 0, checking: 0, failed: 0, passed: 0, opened: 0, blocked: 0 };
  const told = (state: 'Failed' | 'Checking', overdue?: true) => ({
    ...{ name: `${state}-${overdue}`, check: 'dns', state, ...counts },
    ...(overdue && { overdue }),
  });

  it('counts what is overdue and what has failed, over all gates', () => {
    const stores = createStores();
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

describe('everything', () => {
  it('is all gates that exist, and the workloads that have to do with gates', () => {
    const stores = createStores();
    stores.gates.set(gate('exists').targets('named').gate);
    for (const one of [
      pinger.carrying(apiFirst),
      workload('named'),
      workload('poller'),
      workload('stranger'),
    ])
      stores.workloads.Deployment.set(one.workload);
    stores.ungated.set(pod('b').of('poller').heldFor('to-come').pod);
    expect(everything(stores).map(idOf)).to.have.members([
      `DependencyGate/${NS}/exists`,
      ...['named', 'pinger', 'poller'].map((name) => `Deployment/${NS}/${name}`),
    ]);
  });
});

describe('countHeld', () => {
  it('counts held Pods, gated by another gate or not', () => {
    const stores = createStores();
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
