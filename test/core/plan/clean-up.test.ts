import { expect } from 'chai';
import { cleanUp, type Leaving } from '../../../src/core/plan/clean-up.ts';
import type { World } from '../../../src/core/world.ts';
import { container, daemonSet, dns, gate, NOW, pod, statefulSet, tcp, workload, world } from '../builders.ts';
import { writesOf } from '../in-words.ts';
import { decide, settle } from '../simulate.ts';

const LAST = 'remove-finalizer';

const apiFirst = gate('api-first')
  .targets('pinger', 'StatefulSet/db')
  .dependsOn(dns('api'), container('own'))
  .rendered();
const dbFirst = gate('db-first').dependsOn(tcp('postgres', 5432), dns('api'));
const pinger = workload('pinger');
const db = statefulSet('db');
const onPinger = pod('pinger-1').of('pinger').carrying(apiFirst);
const onDb = (name = 'db-0') => pod(name).of('StatefulSet/db').carrying(apiFirst).revision('db-old');

const leaving = ({ gate, pods }: World): Leaving => ({ gate: gate.name, render: gate.status.render, pods });

/** What is done first where the gate is deleted, and whether it is let go with that. */
function cleaned(...around: Parameters<typeof world> extends [unknown, ...infer Rest] ? Rest : never) {
  const writes = writesOf(decide(world(apiFirst.deleting(), ...around), NOW));
  return { writes: writes.filter((one) => one !== LAST), isDone: writes.includes(LAST) };
}
/** The writes of each reconcile until a deleted gate is gone. */
const removal = (...around: Parameters<typeof cleaned>) =>
  settle(world(apiFirst.deleting(), ...around), NOW).plans.map(writesOf);

describe('cleanUp', () => {
  it('has nothing to do where the gate has left nothing', () => {
    expect(cleaned(pinger, db)).to.deep.equal({ writes: [], isDone: true });
    expect(cleaned()).to.deep.equal({ writes: [], isDone: true });
  });

  it('opens the waiting Pods first, then cleans the templates', () => {
    const carriers = [pinger.carrying(apiFirst), db.carrying(apiFirst)];
    const waiting = [onDb().checking('api'), onPinger];
    expect(cleaned(...carriers, ...waiting)).to.deep.equal({
      writes: ['open-pod pinger-1', 'open-pod db-0'],
      isDone: false,
    });
    expect(removal(...carriers, ...waiting)[1]).to.deep.equal(['clean-target pinger', 'clean-target db']);
  });

  it('opens every container of the gate that a Pod has not passed, and no other', () => {
    const both = pod('pinger-1').of('pinger').carrying(apiFirst, dbFirst).passed('api-first/api');
    const at = world(apiFirst, pinger.carrying(apiFirst, dbFirst), both);
    const [open] = cleanUp(leaving(at), [...at.workloads.values()]).writes;
    expect(open).to.deep.include({
      do: 'open-pod',
      annotations: { 'open.dependencygate.dev/api-first.own': '1' },
    });
  });

  it('cleans with the resource version as precondition, and takes out what the gate put in', () => {
    const [clean] = decide(world(apiFirst.deleting(), pinger.own('migrate').carrying(apiFirst)), NOW).writes;
    if (clean?.do !== 'patch-workload') throw new Error(clean?.do);
    expect(clean.patch.metadata).to.deep.equal({ resourceVersion: '200' });
    expect(clean.patch.spec).to.have.all.keys('template');
  });

  it('finds what is left of a gate by its annotation alone', () => {
    const carrying = pinger.carrying(apiFirst);
    const rest = carrying.without('dgate-api-first--api').without('dgate-api-first--own');
    expect(cleaned(rest).writes).to.deep.equal(['clean-target pinger']);
  });

  const untouched = {
    'is through': onPinger.open(),
    'has passed this gate and waits in another': pod('pinger-1')
      .of('pinger')
      .carrying(apiFirst, dbFirst)
      .passed('api-first/api')
      .passed('own'),
    'was opened already': onPinger.opened('api').opened('own'),
    terminates: onPinger.deleting(),
    'was evicted': onPinger.with({ phase: 'Failed' }),
  } as const;
  for (const [which, builder] of Object.entries(untouched)) {
    it(`leaves a Pod alone that ${which}`, () => {
      expect(cleaned(pinger.carrying(apiFirst), builder).writes).to.deep.equal(['clean-target pinger']);
    });
  }

  it('opens a Pod that still came to be from the old template after it was cleaned', () => {
    expect(cleaned(db, onDb().checking('api'))).to.deep.equal({ writes: ['open-pod db-0'], isDone: false });
  });

  it('leaves a workload alone that is being deleted', () => {
    const going = db.carrying(apiFirst).deleting();
    expect(cleaned(going, onDb().checking('api'))).to.deep.equal({ writes: [], isDone: true });
  });

  describe('where a Pod is stuck in a container that cannot be opened', () => {
    const stuck = onDb().passed('api').checking('own').opened('own');

    it("deletes it, once the workload's controller has seen the clean template", () => {
      expect(cleaned(db.unobserved(), stuck)).to.deep.equal({ writes: [], isDone: false });
      expect(cleaned(db, stuck)).to.deep.equal({ writes: ['delete-pod db-0'], isDone: false });
    });

    it('is not done before it is gone, and is when it terminates', () => {
      expect(cleaned(db, stuck.deleting())).to.deep.equal({ writes: [], isDone: true });
    });

    it('deletes one, too, that has yet to come to that container: nobody would be there to see it', () => {
      const before = onDb().checking('api').opened('api').opened('own');
      expect(cleaned(db, before).writes).to.deep.equal(['delete-pod db-0']);
    });

    it('deletes with OnDelete, too', () => {
      const agent = daemonSet('agent').onDelete();
      const onAgent = pod('agent-x').of('DaemonSet/agent').carrying(apiFirst).opened('api').opened('own');
      expect(cleaned(agent, onAgent).writes).to.deep.equal(['delete-pod agent-x']);
    });

    it('leaves it to the rollout of a Deployment', () => {
      const rolled = onPinger.passed('api').checking('own').opened('own');
      expect(cleaned(pinger, rolled)).to.deep.equal({ writes: [], isDone: true });
    });

    it('keeps a Pod below the partition: it would come back with the old template, for ever', () => {
      expect(cleaned(db.partition(1), stuck)).to.deep.equal({ writes: [], isDone: true });
    });

    it('does not delete a Pod that only the waiter keeps, and which goes on by itself', () => {
      const waiter = gate('api-first').dependsOn(dns('api')).rendered();
      const waiting = pod('db-0').of('StatefulSet/db').carrying(waiter).opened('api');
      const at = world(waiter, db, waiting);
      const { writes, isDone } = cleanUp(leaving(at), [...at.workloads.values()]);
      expect({ writes, isDone }).to.deep.equal({ writes: [], isDone: true });
    });
  });
});

describe('decide, of a deleted gate', () => {
  it('removes it at once where no workload carries it', () => {
    expect(removal(pinger, db)).to.deep.equal([['remove-finalizer'], []]);
  });

  it('opens, cleans, deletes what is stuck, and lets go, in this order', () => {
    const carriers = [pinger.carrying(apiFirst), db.carrying(apiFirst)];
    const pods = [onPinger.checking('api'), onDb().passed('api').checking('own')];
    expect(removal(...carriers, ...pods)).to.deep.equal([
      ['open-pod pinger-1', 'open-pod db-0'],
      ['clean-target pinger', 'clean-target db'],
      ['delete-pod db-0'],
      ['remove-finalizer'],
      [],
    ]);
  });

  it('leaves other gates where they are', () => {
    const both = pinger.own('migrate').carrying(apiFirst, dbFirst);
    const { world: after } = settle(world(apiFirst.deleting(), both), NOW);
    expect(after.workloads.get('Deployment/pinger')?.template).to.deep.include({
      initContainers: ['dgate-db-first--postgres', 'dgate-db-first--api', 'migrate'],
      volumes: ['dgate-db-first'],
      gated: true,
    });
  });

  it('leaves a template without a trace after the last gate', () => {
    const { world: after } = settle(
      world(apiFirst.deleting(), pinger.own('migrate').carrying(apiFirst)),
      NOW,
    );
    expect(after.workloads.get('Deployment/pinger')?.template).to.deep.equal(
      pinger.own('migrate').workload.template,
    );
  });

  it('cleans a workload that is no target any more', () => {
    expect(removal(workload('former').carrying(apiFirst))[0]).to.deep.equal(['clean-target former']);
  });

  it('cleans up after a gate whose spec cannot be read, too', () => {
    const invalid = apiFirst.deleting().invalid('no targets');
    const stuck = onDb().passed('api').checking('own');
    const { plans } = settle(world(invalid, db.carrying(apiFirst), stuck), NOW);
    expect(plans.map(writesOf)).to.deep.equal([
      ['open-pod db-0'],
      ['clean-target db'],
      ['delete-pod db-0'],
      ['remove-finalizer'],
      [],
    ]);
  });

  it('touches nothing once its finalizer is gone, and leaves its status as it was', () => {
    const { plans } = settle(
      world(apiFirst.with({ finalizers: [] }).deleting(), pinger.carrying(apiFirst)),
      NOW,
    );
    expect(plans).to.deep.equal([{ writes: [], status: undefined, next: undefined }]);
  });

  it("keeps others' finalizers out of its business", () => {
    const { gate: held } = apiFirst
      .deleting()
      .with({ finalizers: ['example.com/x', ...apiFirst.gate.finalizers] });
    const { world: after } = settle({ ...world(apiFirst), gate: held }, NOW);
    expect(after.gate.finalizers).to.deep.equal(['example.com/x']);
  });
});
