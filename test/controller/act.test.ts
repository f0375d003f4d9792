import { expect } from 'chai';
import { pino } from 'pino';
import { type ActContext, act } from '../../src/controller/act.ts';
import { Expressions } from '../../src/controller/expressions.ts';
import { Memory } from '../../src/controller/memory.ts';
import { type Context, reconcile } from '../../src/controller/reconcile.ts';
import { report } from '../../src/controller/report.ts';
import { createStores } from '../../src/controller/stores.ts';
import { decide } from '../../src/core/plan/decide.ts';
import { DISPUTE_WINDOW_MS } from '../../src/core/progress/dispute.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import type { Requests } from '../../src/kube/client/requests.ts';
import {
  dns,
  type GateBuilder,
  gate,
  NOW,
  pod,
  SETTINGS,
  type WorkloadBuilder,
  workload,
  world,
} from '../core/builders.ts';

const KEY = 'my-namespace/api-first';
const apiFirst = gate('api-first').targets('pinger', 'poller').dependsOn(dns('api')).rendered();
const [pinger, poller] = [workload('pinger'), workload('poller')];
const waiting = pod('pinger-1').of('pinger').carrying(apiFirst).checking('api');
const alsoWaiting = pod('pinger-2').of('pinger').carrying(apiFirst).checking('api');
const leaving = decide(world(apiFirst.deleting(), pinger.carrying(apiFirst), waiting, alsoWaiting), NOW);
const settled = decide(world(apiFirst, pinger, poller), NOW);

const answered = (status: number) => new ApiError({ status, reason: 'Unknown', message: 'no' });

/** An API server that answers the patches of some objects as `fails` says, and those of others as if it had stored them. */
function rig(subjects: string | readonly string[], fails: () => unknown) {
  const tried: string[] = [];
  const patch: Requests['patch'] = async (_, { name, namespace }) => {
    tried.push(name);
    const metadata = { name, namespace, uid: `uid-of-${name}`, resourceVersion: '999' };
    const stored = { metadata, spec: { template: workload(name).carrying(apiFirst).template } };
    return [subjects].flat().includes(name) ? fails() : stored;
  };
  const context: ActContext = {
    requests: { patch, delete: () => Promise.reject(new Error('nothing is to be deleted')) },
    memory: new Memory(),
    clock: { now: () => NOW, after: () => () => {} },
  };
  return { context, tried };
}

function throws(error: Error): () => never {
  return () => {
    throw error;
  };
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('act', () => {
  for (const status of [409, 500, 503]) {
    it(`patches the other targets when the answer for one is ${status}`, async () => {
      const failure = answered(status);
      const { context, tried } = rig('pinger', throws(failure));
      const { done, failures } = await act(context, KEY, settled.writes);
      expect(tried).to.deep.equal(['pinger', 'poller']);
      expect(done).to.deep.equal(settled.writes.slice(1));
      expect(failures.map(({ error }) => error)).to.deep.equal([failure]);
    });
  }

  it('patches the other targets when the patch of one is undone on its way', async () => {
    const metadata = { name: 'pinger', namespace: 'my-namespace', uid: 'u', resourceVersion: '999' };
    const { context, tried } = rig('pinger', () => ({ metadata, spec: { template: pinger.template } }));
    const { failures } = await act(context, KEY, settled.writes);
    expect(tried).to.deep.equal(['pinger', 'poller']);
    expect(failures.map(({ error }) => error.name)).to.deep.equal(['Undone']);
  });

  for (const status of [0, 429]) {
    it(`tries nothing more when ${status || 'nothing'} is the answer: the others would fare no better`, async () => {
      const { context, tried } = rig('pinger', throws(answered(status)));
      expect(await errorOf(act(context, KEY, settled.writes))).to.include({ status });
      expect(tried).to.deep.equal(['pinger']);
    });
  }

  for (const status of [403, 409, 422, 500]) {
    it(`opens the other Pods when the answer for one is ${status}, and cleans no template before all are`, async () => {
      const failure = answered(status);
      const { context, tried } = rig('pinger-1', throws(failure));
      const { done, failures } = await act(context, KEY, leaving.writes);
      expect(tried).to.deep.equal(['pinger-1', 'pinger-2']);
      expect(done.map(({ do: what }) => what)).to.deep.equal(['open-pod']);
      expect(failures.map(({ error }) => error)).to.deep.equal([failure]);
    });
  }

  it('opens no more Pods when it is answered that there were too many requests', async () => {
    const { context, tried } = rig('pinger-1', throws(answered(429)));
    expect(await errorOf(act(context, KEY, leaving.writes))).to.include({ status: 429 });
    expect(tried).to.deep.equal(['pinger-1']);
  });

  it('cleans the templates once the Pods that wait are opened', async () => {
    const { context, tried } = rig('none', () => {});
    await act(context, KEY, leaving.writes);
    expect(tried).to.deep.equal(['pinger-1', 'pinger-2', 'pinger']);
  });
});

/** Dependencies whose Pods judge for themselves. */
const NO_SUBJECTS = { look: () => undefined };

describe('reconcile', () => {
  /** A pass for the gate, its two targets and Pods of the first, of which these or the first target fail: why it failed, what it tried, and what it told. */
  async function pass(
    of: GateBuilder,
    targets: readonly WorkloadBuilder[],
    error: Error,
    pods: readonly string[] = [],
  ) {
    const stores = createStores();
    stores.gates.set(of.gate);
    for (const { workload } of targets) stores.workloads.Deployment.set(workload);
    for (const name of pods) stores.pods.set(pod(name).of('pinger').carrying(of).checking('api').pod);
    const { context, tried } = rig(pods.length > 0 ? pods : 'pinger', throws(error));
    const told: string[] = [];
    const notify: Context['notify'] = (_, { reason, note }) => told.push(`${reason}: ${note}`);
    const log = pino({ level: 'silent' });
    const passing = reconcile(
      {
        ...context,
        stores,
        settings: SETTINGS,
        hasAdmission: true,
        idleAdmission: new Map(),
        subjects: NO_SUBJECTS,
        expressions: new Expressions(),
        log,
        notify,
      },
      KEY,
    );
    return { failure: await errorOf(passing), tried, told };
  }

  it('tells what it did and reports, before it fails for one target', async () => {
    const { failure, tried, told } = await pass(apiFirst, [pinger, poller], answered(500));
    expect(failure).to.include({ status: 500 });
    expect(tried).to.deep.equal(['pinger', 'poller', 'api-first']);
    expect(told[0]).to.match(/^Gated: put the containers into Deployment poller/);
    expect(told).to.include('PatchFailed: Deployment pinger cannot be patched and is tried again: no');
  });

  it('says why a deleted gate cannot leave a target', async () => {
    const carrying = [pinger.carrying(apiFirst), poller.carrying(apiFirst)];
    const { failure, tried, told } = await pass(apiFirst.deleting(), carrying, answered(403));
    expect(failure).to.include({ status: 403 });
    expect(tried).to.deep.equal(['pinger', 'poller']);
    expect(told).to.deep.equal([
      'Ungated: took the containers out of Deployment poller',
      'PatchFailed: Deployment pinger cannot be patched and is tried again: no',
    ]);
  });

  it('reports, and says of one Pod why it cannot be opened, where a webhook refuses that of some', async () => {
    const open = apiFirst.specifying({ open: ['api'] });
    const carrying = [pinger.carrying(open), poller.carrying(open)];
    const { failure, tried, told } = await pass(open, carrying, answered(403), ['pinger-1', 'pinger-2']);
    expect(failure).to.include({ status: 403 });
    expect(tried).to.deep.equal(['pinger-1', 'pinger-2', 'api-first']);
    expect(told.filter((one) => one.startsWith('PatchFailed'))).to.deep.equal([
      'PatchFailed: Pod pinger-1 cannot be patched and is tried again: no',
    ]);
  });

  it('says nothing of a conflict', async () => {
    const { failure, told } = await pass(apiFirst, [pinger, poller], answered(409));
    expect(failure).to.include({ status: 409 });
    expect(told.join()).not.to.contain('PatchFailed');
  });
});

describe('reconcile, of a gate that does not exist', () => {
  it('takes out what somebody puts back a handful of times, then pauses and says so once', async () => {
    const stores = createStores();
    const { context, tried } = rig('none', () => {});
    const told: string[] = [];
    let version = 999;
    const notify: Context['notify'] = (about, { reason }) => told.push(`${about.name}: ${reason}`);
    const log = pino({ level: 'silent' });
    const around = {
      ...{
        ...context,
        stores,
        settings: SETTINGS,
        hasAdmission: true,
        idleAdmission: new Map(),
        log,
        notify,
      },
      subjects: NO_SUBJECTS,
      expressions: new Expressions(),
    };
    const put = (target: WorkloadBuilder) => {
      version += 1;
      stores.workloads.Deployment.set(target.with({ resourceVersion: `${version}` }).workload);
      return reconcile(around, KEY);
    };
    for (let time = 1; time <= 5; time++) {
      expect(await put(pinger.carrying(apiFirst)), 'when a removal is due').to.equal(undefined);
      expect(await put(pinger), 'when it is forgotten').to.equal(DISPUTE_WINDOW_MS);
    }
    expect([tried.length, told.length]).to.deep.equal([5, 0]);
    for (let time = 1; time <= 2; time++) expect(await put(pinger.carrying(apiFirst))).to.equal(30_000);
    expect(tried).to.have.length(5);
    expect(told).to.deep.equal(['pinger: RemovalUndone']);
  });
});

describe('report', () => {
  const status = settled.status ?? {};

  it('finds nothing wrong with a gate that is gone', async () => {
    const { context } = rig('api-first', throws(answered(404)));
    expect(await report(context, apiFirst.gate, status)).to.equal(false);
  });

  it('throws what else the API server answers', async () => {
    const { context } = rig('api-first', throws(answered(409)));
    expect(await errorOf(report(context, apiFirst.gate, status))).to.include({ status: 409 });
  });
});
