import { expect } from 'chai';
import { z } from 'zod';
import { FINALIZER } from '../../src/api/names.ts';
import { LASTING_MS } from '../../src/controller/denials.ts';
import { Expectations } from '../../src/controller/expectations.ts';
import { referenceTo } from '../../src/controller/reference.ts';
import { report } from '../../src/controller/report.ts';
import { StatusRefusal } from '../../src/controller/status-refusal.ts';
import { workloadReference } from '../../src/controller/stores.ts';
import type { Evaluator } from '../../src/core/expression/evaluator.ts';
import { EVALUATOR } from '../../src/core/expression/expression.ts';
import { GATHER_MS } from '../../src/core/plan/gather.ts';
import { DISPUTE_WINDOW_MS } from '../../src/core/progress/dispute.ts';
import { SETTLED_MS } from '../../src/core/progress/ungated.ts';
import type { ApiError } from '../../src/kube/api-error.ts';
import { dns, gate, NOW, pod, type WorkloadBuilder, workload } from '../core/builders.ts';
import { database } from '../core/evaluated-builders.ts';
import { answered, errorOf, ReconcileRig, type Sent, storing } from './reconcile-rig.ts';

const apiFirst = gate('api-first').targets('pinger', 'poller').dependsOn(dns('api')).rendered();
const dbFirst = gate('db-first').targets('pinger').dependsOn(dns('db')).rendered();
const [pinger, poller] = [workload('pinger'), workload('poller')];
const [gatedPinger, gatedPoller] = [pinger.carrying(apiFirst), poller.carrying(apiFirst)];
const both = pinger.carrying(apiFirst, dbFirst);
const bodyOf = (sent: Pick<Sent, 'body'> | undefined) => z.looseObject({}).parse(sent?.body);
const isFailed = (one: string) => one.includes('PatchFailed');

/** The gates are known for long: their workloads wait for nothing. */
async function settled(rig: ReconcileRig, ...workloads: readonly WorkloadBuilder[]): Promise<void> {
  for (const one of workloads) await errorOf(rig.workload(one));
  rig.later(GATHER_MS);
}

describe('reconcile, of a workload', () => {
  it('tells on the gate what it did, or why it could not, and other workloads go on', async () => {
    const rig = new ReconcileRig((sent) =>
      sent.name === 'pinger' ? answered(500) : storing(gatedPoller)(sent),
    );
    rig.see(apiFirst, pinger, poller);
    await settled(rig, pinger, poller);
    expect(await errorOf(rig.workload(pinger))).to.include({ status: 500 });
    expect(await errorOf(rig.workload(poller))).to.equal(undefined);
    expect(rig.tried()).to.deep.equal(['pinger', 'poller']);
    expect(rig.told[0]).to.equal(
      'api-first PatchFailed: Deployment pinger cannot be patched and is tried again: no',
    );
    expect(rig.told[1]).to.match(/^api-first Gated: added the init containers to Deployment poller/);
  });

  it('says why a deleted gate cannot leave a target', async () => {
    const rig = new ReconcileRig(({ name }) => (name === 'pinger' ? answered(403) : undefined));
    rig.see(apiFirst.deleting(), gatedPinger, gatedPoller);
    await settled(rig, gatedPinger, gatedPoller);
    expect(await errorOf(rig.workload(gatedPinger))).to.include({ status: 403 });
    await rig.workload(gatedPoller);
    expect(rig.told).to.deep.equal([
      'api-first PatchFailed: Deployment pinger cannot be patched and is tried again: no',
      'api-first Ungated: removed the init containers from Deployment poller',
    ]);
  });

  it('takes a 403 for a refusal by the target only where it lasts: an API server that starts denies all', async () => {
    let answer: ApiError | undefined = answered(403);
    const rig = new ReconcileRig((sent) => answer ?? storing(gatedPinger)(sent));
    rig.see(apiFirst, pinger);
    await settled(rig, pinger);
    const refusals = () => rig.memory.workloads.of(workloadReference(pinger.workload)).refusals;
    for (const wait of [0, LASTING_MS - 1]) {
      rig.later(wait);
      expect(await errorOf(rig.workload(pinger))).to.include({ status: 403 });
      expect(refusals()).to.deep.equal([]);
    }
    answer = undefined;
    await rig.workload(pinger);
    answer = answered(403);
    rig.later(LASTING_MS);
    expect(await errorOf(rig.workload(pinger)), 'for the first time since').to.include({ status: 403 });
    rig.later(LASTING_MS);
    expect(await errorOf(rig.workload(pinger))).to.equal(undefined);
    expect(refusals().map(({ gate, message }) => [gate, message])).to.deep.equal([['api-first', 'no']]);
  });

  it('says nothing of a conflict', async () => {
    const rig = new ReconcileRig(() => answered(409));
    rig.see(apiFirst, pinger);
    await settled(rig, pinger);
    expect(await errorOf(rig.workload(pinger))).to.include({ status: 409 });
    expect(rig.told).to.deep.equal([]);
  });

  it('patches once for all gates, and has them look at it', async () => {
    const rig = new ReconcileRig(storing(both));
    rig.see(apiFirst, dbFirst, pinger);
    await settled(rig, pinger);
    await rig.workload(pinger);
    expect(rig.tried()).to.deep.equal(['pinger']);
    expect(rig.told.map((one) => one.split(':')[0])).to.deep.equal(['api-first Gated', 'db-first Gated']);
    expect(rig.looked).to.have.members([
      'DependencyGate/my-namespace/api-first',
      'DependencyGate/my-namespace/db-first',
    ]);
  });

  it('backs off when what the API server has stored is not current', async () => {
    const rig = new ReconcileRig(storing(pinger));
    rig.see(apiFirst, pinger);
    await settled(rig, pinger);
    expect(await errorOf(rig.workload(pinger))).to.include({ name: 'Undone' });
    expect(rig.told.filter(isFailed)).to.have.length(1);
  });

  it('does nothing while the stores do not show its last write', async () => {
    const rig = new ReconcileRig((sent) => ({
      ...storing(gatedPinger)(sent),
      metadata: { name: 'pinger', uid: 'uid-of-pinger', resourceVersion: '999', namespace: 'my-namespace' },
    }));
    rig.see(apiFirst, pinger);
    await settled(rig, pinger);
    await rig.workload(pinger);
    expect(await rig.workload(pinger)).to.be.above(0);
    expect(rig.tried()).to.deep.equal(['pinger']);
  });

  it('leaves one that is being deleted as it is', async () => {
    const rig = new ReconcileRig();
    rig.see(apiFirst.deleting(), gatedPinger.deleting());
    await settled(rig, gatedPinger);
    await rig.workload(gatedPinger);
    expect(rig.tried()).to.deep.equal([]);
  });

  it('forgets one that is gone, and one that has to do with no gate', async () => {
    const rig = new ReconcileRig();
    rig.see(apiFirst, gatedPinger, poller);
    await rig.workload(gatedPinger);
    expect(rig.memory.workloads.peek(workloadReference(gatedPinger.workload))).not.to.equal(undefined);
    rig.stores.workloads.Deployment.delete('my-namespace/pinger');
    await rig.workload(gatedPinger);
    rig.stores.gates.delete('my-namespace/api-first');
    await rig.workload(poller);
    expect(rig.memory.workloads.size).to.equal(0);
  });
});

describe('reconcile, of a workload that the API server refuses to have patched', () => {
  const REFUSED = 'db-first';
  /** Refuses whatever has containers of one gate in it. */
  const refusing = (rest: WorkloadBuilder) =>
    new ReconcileRig((sent) =>
      JSON.stringify(sent.body).includes(`dgate-${REFUSED}--`) ? answered(422) : storing(rest)(sent),
    );

  it('finds out by dry-runs which gate it is for, and puts the others in', async () => {
    const rig = refusing(gatedPinger);
    rig.see(apiFirst, dbFirst, pinger);
    await settled(rig, pinger);
    expect(await rig.workload(pinger), 'at once').to.equal(0);
    expect(rig.tried()).to.deep.equal(['pinger', 'try pinger', 'try pinger']);
    await rig.workload(pinger);
    expect(rig.tried()).to.deep.equal(['pinger']);
    const { refusals } = rig.memory.workloads.of(workloadReference(pinger.workload));
    expect(refusals.map((one) => `${one.gate} ${one.generation}`)).to.deep.equal(['db-first 2']);
    expect(rig.told.filter(isFailed)).to.deep.equal([]);
  });

  it('asks nothing more where it was for one gate', async () => {
    const rig = refusing(pinger);
    rig.see(dbFirst, pinger);
    await settled(rig, pinger);
    await rig.workload(pinger);
    await rig.workload(pinger);
    expect(rig.tried()).to.deep.equal(['pinger']);
  });

  it('puts the others in where one gate is refused for what it says, and another by a policy', async () => {
    const web = gate('web-first').targets('pinger').dependsOn(dns('web')).rendered();
    const rig = new ReconcileRig((sent) => {
      const body = JSON.stringify(sent.body);
      if (body.includes('dgate-api-first--')) return answered(422);
      return body.includes(`dgate-${REFUSED}--`) ? answered(403) : storing(pinger.carrying(web))(sent);
    });
    rig.see(apiFirst, dbFirst, web, pinger);
    await settled(rig, pinger);
    expect(await rig.workload(pinger), 'at once').to.equal(0);
    rig.tried();
    await rig.workload(pinger);
    expect(rig.tried()).to.deep.equal(['pinger']);
    const { refusals } = rig.memory.workloads.of(workloadReference(pinger.workload));
    expect(refusals.map((one) => one.gate)).to.have.members(['api-first', REFUSED]);
  });

  it('takes it for all of them where none is refused by itself', async () => {
    const rig = new ReconcileRig(({ isDryRun }) => (isDryRun ? undefined : answered(422)));
    rig.see(apiFirst, dbFirst, pinger);
    await settled(rig, pinger);
    await rig.workload(pinger);
    const { refusals } = rig.memory.workloads.of(workloadReference(pinger.workload));
    expect(refusals.map((one) => one.gate)).to.have.members(['api-first', 'db-first']);
  });
});

describe('reconcile, of a workload that carries a gate which does not exist', () => {
  it('takes out what somebody puts back a handful of times, then pauses and says so once', async () => {
    const rig = new ReconcileRig();
    let version = 999;
    const put = (target: WorkloadBuilder) => {
      version += 1;
      rig.see(target.with({ resourceVersion: `${version}` }));
      return rig.workload(target);
    };
    for (let time = 1; time <= 5; time++) {
      expect(await put(gatedPinger), 'when a removal is due').to.equal(undefined);
      expect(await put(pinger), 'when it is forgotten').to.equal(DISPUTE_WINDOW_MS);
    }
    expect([rig.tried().length, rig.told.length]).to.deep.equal([5, 0]);
    for (let time = 1; time <= 2; time++) expect(await put(gatedPinger)).to.equal(30_000);
    expect(rig.tried()).to.deep.equal([]);
    expect(rig.told.map((one) => one.split(':')[0])).to.deep.equal(['pinger RemovalUndone']);
  });

  it('says of one Pod why it cannot be opened, on the workload', async () => {
    const rig = new ReconcileRig(() => answered(403));
    const waiting = ['pinger-1', 'pinger-2'].map((name) => pod(name).of('pinger').carrying(apiFirst));
    rig.see(gatedPinger, ...waiting);
    expect(await errorOf(rig.workload(gatedPinger))).to.include({ status: 403 });
    expect(rig.tried()).to.deep.equal(['pinger-1', 'pinger-2']);
    expect(rig.told).to.deep.equal([
      'pinger PatchFailed: Pod pinger-1 cannot be patched and is tried again: no',
    ]);
  });
});

describe('reconcile, of a gate', () => {
  it('writes no workload', async () => {
    const rig = new ReconcileRig();
    rig.see(apiFirst, pinger, poller);
    await rig.gate(apiFirst);
    expect(rig.tried()).to.deep.equal(['api-first']);
  });

  it('reports, and says of one Pod why it cannot be opened, where a webhook refuses that of some', async () => {
    const open = apiFirst.specifying({ open: ['api'] });
    const pods = ['pinger-1', 'pinger-2'].map((name) =>
      pod(name).of('pinger').carrying(open).checking('api'),
    );
    const rig = new ReconcileRig(({ name }) => (name.startsWith('pinger-') ? answered(403) : undefined));
    rig.see(open, pinger.carrying(open), poller.carrying(open), ...pods);
    expect(await errorOf(rig.gate(open))).to.include({ status: 403 });
    expect(rig.tried()).to.deep.equal(['pinger-1', 'pinger-2', 'api-first']);
    expect(rig.told.filter(isFailed)).to.deep.equal([
      'api-first PatchFailed: Pod pinger-1 cannot be patched and is tried again: no',
    ]);
  });

  it('is known from then on: a workload that comes later waits for nothing', async () => {
    const rig = new ReconcileRig(storing(gatedPinger));
    rig.see(apiFirst);
    await rig.gate(apiFirst);
    rig.later(GATHER_MS);
    rig.tried();
    rig.see(pinger);
    await rig.workload(pinger);
    expect(rig.tried()).to.deep.equal(['pinger']);
  });

  it('tells nobody of a Pod that one watch counts and the other has not shown yet, and of one that stays once', async () => {
    const inPods = apiFirst.targets('pinger').specifying({ placement: 'Pod' }).rendered();
    const born = pinger.with({ createdAt: new Date(NOW).toISOString() });
    const rig = new ReconcileRig();
    const statuses = (reason: string) =>
      rig.sent.splice(0).filter(({ body }) => JSON.stringify(body).includes(`"reason":"${reason}"`)).length;
    rig.see(inPods, born);
    expect(await rig.gate(inPods), 'it looks again').to.equal(SETTLED_MS);
    rig.later(SETTLED_MS - 1);
    rig.see(pod('pinger-1').of('pinger').carrying(inPods));
    await rig.gate(inPods);
    rig.see(born.with({ replicas: 2, resourceVersion: '201' }));
    expect(await rig.gate(inPods)).to.equal(SETTLED_MS);
    const ungated = () => rig.told.flatMap((one) => one.match(/^\S+ FirstStartUngated/)?.[0] ?? []);
    expect([ungated(), statuses('FirstStartUngated')]).to.deep.equal([[], 0]);
    rig.stores.pods.delete(`${inPods.gate.namespace}/pinger-1`);
    await rig.gate(inPods);
    rig.later(SETTLED_MS);
    await rig.gate(inPods);
    expect(ungated()).to.deep.equal(['api-first FirstStartUngated', 'pinger FirstStartUngated']);
    expect(statuses('FirstStartUngated')).to.equal(1);
  });

  it('tells of what its workloads refuse', async () => {
    const rig = new ReconcileRig(({ name }) => (name === 'pinger' ? answered(422) : undefined));
    rig.see(apiFirst, pinger, gatedPoller);
    await settled(rig, pinger);
    await rig.workload(pinger);
    rig.tried();
    await rig.gate(apiFirst);
    expect(JSON.stringify(rig.sent)).to.contain('TargetRefused');
  });

  it('does nothing while the stores do not show the last write of one of its workloads', async () => {
    const rig = new ReconcileRig();
    rig.see(apiFirst, gatedPinger, gatedPoller);
    const { namespace, name, uid } = pinger.workload;
    rig.memory.workloads
      .of(workloadReference(pinger.workload))
      .expectations.expect(
        { object: { kind: 'Deployment', namespace, name }, uid, resourceVersion: '201' },
        NOW,
      );
    expect(await rig.gate(apiFirst)).to.be.above(0);
    expect(rig.tried()).to.deep.equal([]);
  });

  it('forgets one that is gone', async () => {
    const rig = new ReconcileRig();
    rig.see(apiFirst);
    await rig.gate(apiFirst);
    expect(rig.memory.gates.peek(referenceTo(apiFirst.gate))).not.to.equal(undefined);
    rig.stores.gates.delete('my-namespace/api-first');
    await rig.gate(apiFirst);
    expect(rig.memory.gates.size).to.equal(0);
  });
});

describe('reconcile, of a new gate', () => {
  const fresh = gate('api-first').targets('pinger').dependsOn(dns('api'));
  const begun = fresh.withStatus({ ...fresh.gate.status, observedGeneration: 1, render: fresh.render });

  it('stores the status with the render, and no finalizer in the way of it', async () => {
    const rig = new ReconcileRig();
    rig.see(fresh);
    await rig.gate(fresh);
    const [status, ...more] = rig.sent;
    expect(more).to.deep.equal([]);
    expect(bodyOf(status)).to.have.nested.property('status.render');
  });

  it('then adds the finalizer, and leaves the status to what follows', async () => {
    const rig = new ReconcileRig();
    rig.see(begun);
    await rig.gate(begun);
    const { resourceVersion } = begun.gate;
    expect(rig.sent.map(bodyOf)).to.deep.equal([{ metadata: { resourceVersion, finalizers: [FINALIZER] } }]);
    expect(rig.told).to.deep.equal([]);
  });

  it('says that it is not in force, and why, where the finalizer is refused, and tries it again', async () => {
    const rig = new ReconcileRig(({ body }) => ('status' in bodyOf({ body }) ? undefined : answered(403)));
    rig.see(begun);
    expect(await errorOf(rig.gate(begun))).to.include({ status: 403 });
    const [, status] = rig.sent;
    expect(JSON.stringify(bodyOf(status))).to.contain('"reason":"Rendering"');
    expect(rig.told).to.deep.equal([
      'api-first PatchFailed: gate api-first cannot be patched and is tried again: no',
    ]);
  });
});

describe('report', () => {
  const reporting = (status: number) =>
    report(
      {
        requests: {
          patch: () => Promise.reject(answered(status)),
          delete: () => Promise.reject(answered(status)),
        },
        clock: { now: () => NOW, after: () => () => {} },
        expectations: new Expectations(),
        statusRefusal: new StatusRefusal(),
      },
      apiFirst.gate,
      { observedGeneration: 1 },
    );

  it('finds nothing wrong with a gate that is gone', async () => {
    expect(await reporting(404)).to.equal(undefined);
  });

  it('throws what else the API server answers', async () => {
    expect(await errorOf(reporting(409))).to.include({ status: 409 });
  });
});

describe('reconcile, of a gate with expressions', () => {
  const object = { apiVersion: 'example.com/v1', kind: 'Database', metadata: { name: 'db' } };
  const look = { is: 'watching', found: [object], last: undefined, isNamespaced: true } as const;
  const asking = (namespace: string, ...all: readonly string[]) =>
    gate('first')
      .targets('pinger')
      .dependsOn(...all.map((expression, index) => database(`db${index}`, { expression })))
      .rendered()
      .with({ namespace });
  /** What was written of each dependency. */
  const told = (sent: readonly Sent[]) =>
    sent
      .flatMap(({ body }) => statusSchema.parse(body).status.dependencies ?? [])
      .map(({ reason }) => reason);
  const statusSchema = z.object({
    status: z.object({ dependencies: z.array(z.object({ reason: z.string() })).optional() }),
  });

  it('writes nothing before all are evaluated, and lets others have their turn between', async () => {
    const rig = new ReconcileRig(undefined, { look, evaluator: costing(() => rig.later(11)) });
    const one = asking('a', 'true', 'false', '1 == 1');
    rig.see(one);
    expect([await rig.gate(one), await rig.gate(one), rig.sent]).to.deep.equal([0, 0, []]);
    expect(await rig.gate(one)).to.equal(undefined);
    expect(told(rig.sent)).to.deep.equal(['ExpressionTrue', 'ExpressionFalse', 'ExpressionTrue']);
  });

  it('says so where the namespace has used its share, looks again, and serves the others', async () => {
    const rig = new ReconcileRig(undefined, { look, evaluator: costing(() => rig.later(4000)) });
    const [dear, other] = [asking('dear', 'true', 'false'), asking('other', 'true')];
    rig.see(dear, other);
    expect(await rig.gate(dear)).to.equal(0);
    // 4 s come back within 80 s, and a minute may be owed.
    expect(await rig.gate(dear)).to.equal(20_000);
    expect(told(rig.sent.splice(0))).to.deep.equal(['ExpressionTrue', 'EvaluationPostponed']);
    await rig.gate(other);
    expect(told(rig.sent.splice(0))).to.deep.equal(['ExpressionTrue']);
    rig.later(20_000);
    await rig.gate(dear);
    expect(told(rig.sent)).to.deep.equal(['ExpressionTrue', 'ExpressionFalse']);
  });
});

/** Evaluates as ever, and in a time of its own. */
function costing(spend: () => void): Evaluator {
  return {
    ...EVALUATOR,
    evaluate: (expression, of) => {
      spend();
      return EVALUATOR.evaluate(expression, of);
    },
  };
}
