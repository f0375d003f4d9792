import { expect } from 'chai';
import { apply } from 'json-merge-patch';
import { z } from 'zod';
import { parseStatus } from '../../src/api/gate.ts';
import { subscribe } from '../../src/controller/affected.ts';
import { idOf, referenceTo } from '../../src/controller/reference.ts';
import { dns, gate, pod, workload } from '../core/builders.ts';
import { otherGate } from '../core/evaluated-builders.ts';
import type { GateBuilder } from '../core/gate-builder.ts';
import { answered, errorOf, ReconcileRig } from './reconcile-rig.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api')).withFinalizer().rendered();
const pinger = workload('pinger').carrying(apiFirst);
const waiting = pod('pinger-1').of('pinger').carrying(apiFirst).checking('api');
const ITSELF = idOf(referenceTo(apiFirst.gate));

const { namespace, name, uid } = apiFirst.gate;
/** What the API server answers to the first status that is written. */
const STORED = { metadata: { namespace, name, uid, resourceVersion: '201' } };

/** A rig of which is heard who is told of changes, and that stores what is written of a status. */
function listening(answers: ConstructorParameters<typeof ReconcileRig>[0] = () => STORED) {
  const rig = new ReconcileRig(answers);
  const told: string[] = [];
  const isDecided = (one: GateBuilder['gate']) =>
    rig.memory.gates.peek(referenceTo(one))?.lastDecision.isBroughtBy(one) ?? false;
  subscribe(rig.stores, (one) => told.push(idOf(one)), isDecided);
  let version = 200;
  const stored = (of: GateBuilder): GateBuilder => {
    const body = z.object({ status: z.unknown() }).parse(rig.sent.at(-1)?.body);
    version += 1;
    const status: unknown = apply(structuredClone(of.gate.status), body.status);
    return of.withStatus(parseStatus(status)).with({ resourceVersion: String(version) });
  };
  return { rig, stored, told: () => told.splice(0) };
}

/** The same, once a reconcile has decided and written. */
async function decided(): Promise<ReturnType<typeof listening>> {
  const all = listening();
  all.rig.see(apiFirst, pinger, waiting);
  await all.rig.gate(apiFirst);
  return all;
}

describe('the status that a reconcile has decided', () => {
  it('is no reason for another one, but for those that wait for the gate', async () => {
    const follower = gate('later').targets('poller').dependsOn(otherGate('api-first'));
    const { rig, stored, told } = listening();
    rig.see(apiFirst, follower, pinger, waiting);
    await rig.gate(apiFirst);
    told();
    rig.see(stored(apiFirst));
    expect(told()).to.deep.equal([idOf(referenceTo(follower.gate))]);
  });

  it('is none only as it comes: who touches the gate after that has it looked at', async () => {
    const { rig, stored, told } = await decided();
    const after = stored(apiFirst);
    rig.see(after);
    told();
    rig.see(after.with({ resourceVersion: '300' }));
    expect(told()).to.deep.equal([ITSELF]);
  });

  it('is one where a watch that begins anew shows it together with what came after it', async () => {
    const { rig, stored, told } = await decided();
    told();
    rig.see(stored(apiFirst).with({ resourceVersion: '202' }));
    expect(told()).to.deep.equal([ITSELF]);
  });

  it('is none where a watch shows it before its write is answered', async () => {
    let show = () => {};
    const { rig, stored, told } = listening(() => {
      show();
      return STORED;
    });
    rig.see(apiFirst, pinger, waiting);
    show = () => {
      told();
      rig.see(stored(apiFirst));
    };
    await rig.gate(apiFirst);
    expect(told()).to.deep.equal([]);
    rig.see(apiFirst.with({ resourceVersion: '300' }));
    expect(told()).to.deep.equal([ITSELF]);
  });

  it('is nothing that is waited for where it is stored already', async () => {
    const { rig, stored, told } = await decided();
    const after = stored(apiFirst);
    rig.see(after);
    await rig.gate(after);
    told();
    rig.see(after.with({ resourceVersion: '300' }));
    expect(told()).to.deep.equal([ITSELF]);
  });

  it('is one for each gate of a cycle, since it ends for all of them', async () => {
    const alone = apiFirst.dependsOn(otherGate('api-first')).rendered();
    const { rig, stored, told } = listening();
    rig.see(alone, pinger);
    await rig.gate(alone);
    told();
    rig.see(stored(alone));
    expect(told()).to.deep.equal([ITSELF]);
  });

  it('is one where anything else is another than it was', async () => {
    const { rig, stored, told } = await decided();
    const after = stored(apiFirst);
    for (const changed of [
      after.generation(9),
      after.deleting(),
      after.with({ finalizers: [] }),
      after.with({ uid: 'another' }),
      after.withStatus({ ...after.gate.status, pods: undefined }),
    ]) {
      rig.see(apiFirst);
      told();
      rig.see(changed);
      expect(told()).to.include(ITSELF);
    }
  });

  it('is one where the version that is known is shown as a whole only now', async () => {
    const { rig, stored, told } = await decided();
    const { gate: after } = stored(apiFirst);
    rig.see(apiFirst.with({ resourceVersion: after.resourceVersion }));
    told();
    rig.stores.gates.replace(new Map([[`${after.namespace}/${after.name}`, after]]), false, true);
    expect(told()).to.include(ITSELF);
  });

  it('is one where it comes while a reconcile waits for it', async () => {
    const { rig, stored, told } = await decided();
    const after = stored(apiFirst);
    expect(await rig.gate(apiFirst)).to.be.greaterThan(0);
    told();
    rig.see(after);
    expect(told()).to.deep.equal([ITSELF]);
  });

  it('is one where it brings the render, which the next step follows from', async () => {
    const bare = gate('api-first').targets('pinger').dependsOn(dns('api')).withFinalizer();
    const { rig, stored, told } = listening();
    rig.see(bare, workload('pinger'));
    await rig.gate(bare);
    told();
    rig.see(stored(bare));
    expect(told()).to.include(ITSELF);
  });

  it('is nothing that counts where it was refused', async () => {
    const { rig, told } = listening(() => answered(500));
    rig.see(apiFirst, pinger, waiting);
    expect(await errorOf(rig.gate(apiFirst))).to.include({ status: 500 });
    told();
    rig.see(apiFirst.with({ resourceVersion: '201' }));
    expect(told()).to.deep.equal([ITSELF]);
  });
});
