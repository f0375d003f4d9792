import { expect } from 'chai';
import { PATIENCE_MS, PatientEvents } from '../../src/controller/patient-events.ts';
import { dns, gate, pod, tcp, workload } from '../core/builders.ts';
import { ManualClock } from '../kube/manual-clock.ts';
import { ReconcileRig } from './reconcile-rig.ts';

describe('PatientEvents', () => {
  const told: string[] = [];
  const clock = new ManualClock();
  const events = new PatientEvents(clock);
  const add = (id: string, note = id) => events.add(id, () => told.push(note));

  it('are told once their time has come', async () => {
    add('a');
    await clock.advance(PATIENCE_MS - 1);
    expect(told).to.deep.equal([]);
    await clock.advance(1);
    expect(told.splice(0)).to.deep.equal(['a']);
    expect(events.size).to.equal(0);
  });

  it('are the newest of their id, at the time of the first', async () => {
    add('a', 'old');
    await clock.advance(PATIENCE_MS - 1);
    add('a', 'new');
    add('b');
    await clock.advance(1);
    expect(told.splice(0)).to.deep.equal(['new']);
    await clock.advance(PATIENCE_MS);
    expect(told.splice(0)).to.deep.equal(['b']);
  });

  it('are told no more once they are stopped', async () => {
    add('a');
    events.stop();
    await clock.advance(2 * PATIENCE_MS);
    expect([told, clock.pending]).to.deep.equal([[], []]);
  });

  it('are not taken any more then, as of a reconcile that ends after that: a process would wait for them', () => {
    events.stop();
    add('a');
    expect([events.size, clock.pending]).to.deep.equal([0, []]);
  });
});

describe('reconcile, of a gate whose Pods wait', () => {
  const first = gate('first').targets('pinger').dependsOn(dns('api'), tcp('redis', 6379)).rendered();
  const pinger = workload('pinger').carrying(first);
  const waiting = pod('pinger-1').of('pinger').carrying(first).checking('api');
  const next = waiting.passed('api').checking('redis');
  const waits = /Waiting: (Pods are )?waiting for/;

  /** What is told of Pods and workloads when a Pod is so first and so later, `between` ms after it. */
  async function told(between: number, ...then: readonly (typeof waiting)[]): Promise<string[]> {
    const rig = new ReconcileRig(() => ({}));
    rig.see(first, pinger, waiting);
    await rig.gate(first);
    await rig.patience.advance(between);
    for (const one of then) rig.see(one.with({ resourceVersion: '9' }));
    await rig.patience.advance(PATIENCE_MS);
    return rig.told.filter((one) => waits.test(one)).map((one) => one.split(' of gate')[0] ?? '');
  }

  const WAITING = [
    'pinger-1 Waiting: waiting for api (dns api)',
    'pinger Waiting: Pods are waiting for api (dns api)',
  ];

  it('tells the Pod and its workload what they wait for, once they have waited', async () => {
    expect(await told(0)).to.deep.equal(WAITING);
    expect(await told(PATIENCE_MS, next)).to.deep.equal(WAITING);
  });

  it('tells nothing of what a Pod has passed by then, nor of a Pod that is another by then', async () => {
    expect(await told(PATIENCE_MS - 1, next)).to.deep.equal([]);
    expect(await told(0, waiting.open())).to.deep.equal([]);
    expect(await told(0, waiting.with({ uid: 'another' }))).to.deep.equal(WAITING.slice(1));
  });

  it('tells the workload for those of its Pods that still wait', async () => {
    const other = pod('pinger-2').of('pinger').carrying(first).checking('api');
    expect(await told(0, next, other)).to.deep.equal(WAITING.slice(1));
  });
});
