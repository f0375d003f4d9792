import { expect } from 'chai';
import { drift } from '../../../src/core/render/drift.ts';
import { isHeldFor, isHeldInVain, lacksRequired } from '../../../src/core/render/hold.ts';
import { gatesIn } from '../../../src/core/render/inject.ts';
import { viewTemplate } from '../../../src/core/render/template.ts';
import { daemonSet, dns, gate, NOW, pod, statefulSet, workload, world } from '../builders.ts';
import { conditionOf, messageOf, writesOf } from '../in-words.ts';
import { removePatch } from '../patches.ts';
import { decide, patchTemplate, settle } from '../simulate.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api')).rendered();
const ofDb = gate('api-first').targets('StatefulSet/db').dependsOn(dns('api')).rendered();
const pinger = workload('pinger').requiring('api-first');
const db = statefulSet('db').requiring('api-first');
const heldPinger = pod('pinger-1').of('pinger').heldFor('api-first');
const heldDb = pod('db-0').of('StatefulSet/db').heldFor('api-first').revision('db-old');

describe('lacksRequired', () => {
  it('holds while a template requires a gate that it does not carry', () => {
    expect(lacksRequired(pinger.workload.template, 'api-first')).to.equal(true);
    expect(lacksRequired(pinger.carrying(apiFirst).workload.template, 'api-first')).to.equal(false);
    expect(lacksRequired(workload('pinger').workload.template, 'api-first')).to.equal(false);
  });
});

describe('isHeldFor', () => {
  it('holds for each required gate that the Pod was made without', () => {
    const both = pod('a').of('pinger').carrying(apiFirst).heldFor('api-first', 'db-first').pod;
    expect(isHeldFor(both, 'db-first')).to.equal(true);
    expect(isHeldFor(both, 'api-first')).to.equal(false);
  });

  it('does not hold for a Pod without the scheduling gate, or one that is going away', () => {
    expect(isHeldFor(heldPinger.with({ held: false }).pod, 'api-first')).to.equal(false);
    expect(isHeldFor(heldPinger.with({ deleting: true }).pod, 'api-first')).to.equal(false);
  });
});

describe('isHeldInVain', () => {
  const both = db.requiring('api-first', 'db-first');
  const held = pod('db-0').of('StatefulSet/db').heldFor('db-first', 'api-first').pod;
  const dbFirst = gate('db-first').dependsOn(dns('db'));

  it('waits until the template carries all that the Pod requires', () => {
    expect(isHeldInVain(held, both.carrying(ofDb).workload, 'api-first')).to.equal(false);
    expect(isHeldInVain(held, both.carrying(ofDb, dbFirst).workload, 'api-first')).to.equal(true);
  });

  it('is the business of each gate that the Pod lacks, since any other may be gone', () => {
    const { workload } = both.carrying(ofDb, dbFirst);
    const names = ['api-first', 'db-first', 'other'];
    expect(names.filter((gate) => isHeldInVain(held, workload, gate))).to.deep.equal([
      'api-first',
      'db-first',
    ]);
  });
});

describe('decide, with Pods that are held', () => {
  it('patches the template, and leaves the Pods of a Deployment to its rollout', () => {
    const plan = decide(world(apiFirst, pinger, heldPinger), NOW);
    expect(writesOf(plan)).to.deep.equal(['patch-target pinger']);
    expect(plan.status?.pods).to.include({ held: 1, total: 0, ungated: 0 });
    expect(conditionOf(plan.status, 'Open')).to.equal('False Held');
    expect(messageOf(plan.status, 'Open')).to.equal(
      'Pods of Deployment pinger are held until its Pod template carries gate api-first',
    );
    const next = world(apiFirst, pinger.carrying(apiFirst), heldPinger);
    expect(writesOf(decide(next, NOW))).to.deep.equal([]);
  });

  it('deletes those of a StatefulSet once its template carries the gates, and its controller has seen it', () => {
    const patched = db.carrying(ofDb);
    expect(writesOf(decide(world(ofDb, patched.unobserved(), heldDb), NOW))).to.deep.equal([]);
    expect(writesOf(decide(world(ofDb, patched, heldDb), NOW))).to.deep.equal(['delete-pod db-0']);
  });

  it('never deletes below the partition, and does with OnDelete', () => {
    const patched = db.carrying(ofDb);
    expect(writesOf(decide(world(ofDb, patched.partition(1), heldDb), NOW))).to.deep.equal([]);
    const agents = gate('api-first').targets('DaemonSet/agent').dependsOn(dns('api')).rendered();
    const agent = daemonSet('agent').requiring('api-first').onDelete().carrying(agents);
    const held = pod('agent-x').of('DaemonSet/agent').heldFor('api-first');
    expect(writesOf(decide(world(agents, agent, held), NOW))).to.deep.equal(['delete-pod agent-x']);
  });

  it('goes on to say that others wait when both are true', () => {
    const waiting = pod('pinger-2').of('pinger').carrying(apiFirst).checking('api');
    const plan = decide(world(apiFirst, pinger.carrying(apiFirst), heldPinger, waiting), NOW);
    expect(conditionOf(plan.status, 'Open')).to.equal('False Waiting');
    expect(plan.status?.pods).to.include({ held: 1, waiting: 1 });
  });
});

describe('a deleted gate that is required', () => {
  it('leaves its annotation, saying that it was removed, so that new Pods are not held', () => {
    const carrying = pinger.carrying(apiFirst);
    const patch = removePatch(carrying.workload.template, 'api-first');
    const cleaned = viewTemplate(patchTemplate(carrying.template, patch));
    expect(cleaned.annotations).to.deep.equal({ 'gate.dependencygate.dev/api-first': 'removed' });
    expect(cleaned).to.deep.include({ initContainers: [], gated: false, volumes: [] });
    expect([...gatesIn(cleaned)]).to.deep.equal([]);
    expect(lacksRequired(cleaned, 'api-first')).to.equal(false);
  });

  it('goes once its containers are out, and does not come back to the annotation', () => {
    const { plans, isSilent } = settle(world(apiFirst.deleting(), pinger.carrying(apiFirst)), NOW);
    expect(plans.map(writesOf)).to.deep.equal([['clean-target pinger'], ['remove-finalizer'], []]);
    expect(isSilent).to.equal(true);
  });

  it('comes in again when it is created again', () => {
    const carrying = pinger.carrying(apiFirst);
    const removed = viewTemplate(
      patchTemplate(carrying.template, removePatch(carrying.workload.template, 'api-first')),
    );
    const injection = { gate: 'api-first', render: apiFirst.render, target: 'Deployment/pinger' };
    expect(drift(removed, injection)).to.include.members(['missing container', 'stale render']);
  });

  it('has the held Pods of a StatefulSet deleted, since the new ones start', () => {
    const carrying = db.carrying(ofDb);
    const { plans } = settle(world(ofDb.deleting(), carrying, heldDb), NOW);
    expect(plans.map(writesOf)).to.deep.equal([
      ['clean-target db'],
      ['delete-pod db-0'],
      ['remove-finalizer'],
      [],
    ]);
  });
});
