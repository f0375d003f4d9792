import { expect } from 'chai';
import { Pace } from '../../src/controller/pace.ts';
import { dns, gate, pod, workload } from '../core/builders.ts';
import { ReconcileRig } from './reconcile-rig.ts';

describe('Pace', () => {
  it('has a gate rest for four times as long as a decision about it took', () => {
    const pace = new Pace();
    pace.decided(1000, 1050);
    expect(pace.restsFor(1050)).to.equal(200);
    expect(pace.restsFor(1249)).to.equal(1);
    expect(pace.restsFor(1250)).to.equal(0);
  });

  it('has none rest for longer than five seconds, though the whole process stood still', () => {
    const pace = new Pace();
    pace.decided(1000, 61_000);
    expect(pace.restsFor(61_000)).to.equal(5000);
  });

  it('lets one go on at once about which nothing was decided, or shortly', () => {
    const pace = new Pace();
    expect(pace.restsFor(1000)).to.equal(0);
    pace.decided(1000, 1050);
    pace.decided(2000, 2009);
    expect(pace.restsFor(2009)).to.equal(0);
  });

  it('is not held up by a clock that was set back', () => {
    const pace = new Pace();
    pace.decided(1_000_000, 1_000_050);
    expect(pace.restsFor(5000)).to.equal(0);
  });
});

describe('reconcile, of a gate with so many Pods that a decision takes long', () => {
  const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api')).withFinalizer().rendered();
  const TOOK_MS = 60;

  /** Each look at the gates takes that long. */
  function slowRig(): ReconcileRig {
    const rig = new ReconcileRig();
    rig.see(apiFirst, workload('pinger').carrying(apiFirst));
    const { gates } = rig.stores;
    const get = gates.get.bind(gates);
    gates.get = (key) => {
      rig.later(TOOK_MS);
      return get(key);
    };
    return rig;
  }

  it('rests, and is then looked at with all that has changed meanwhile', async () => {
    const rig = slowRig();
    await rig.gate(apiFirst);
    expect(rig.tried()).to.deep.equal(['api-first']);
    rig.see(pod('a').of('pinger').carrying(apiFirst).checking('api'));
    const rest = (await rig.gate(apiFirst)) ?? 0;
    expect(rest).to.be.greaterThan(TOOK_MS);
    expect(rig.tried()).to.deep.equal([]);
    rig.later(rest);
    await rig.gate(apiFirst);
    expect(rig.tried()).to.deep.equal(['api-first']);
  });

  it('is forgotten where it is gone by then', async () => {
    const rig = slowRig();
    await rig.gate(apiFirst);
    rig.stores.gates.delete(`${apiFirst.gate.namespace}/${apiFirst.gate.name}`);
    rig.later((await rig.gate(apiFirst)) ?? 0);
    await rig.gate(apiFirst);
    expect(rig.memory.gates.size).to.equal(0);
  });
});
