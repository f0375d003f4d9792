import { expect } from 'chai';
import { pino } from 'pino';
import { type ActContext, act } from '../../src/controller/act.ts';
import { Memory } from '../../src/controller/memory.ts';
import { reconcile } from '../../src/controller/reconcile.ts';
import { report } from '../../src/controller/report.ts';
import { createStores } from '../../src/controller/stores.ts';
import { decide } from '../../src/core/decide.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import type { Requests } from '../../src/kube/requests.ts';
import { dns, gate, NOW, pod, SETTINGS, workload, world } from '../core/builders.ts';

const KEY = 'my-namespace/api-first';
const apiFirst = gate('api-first').targets('pinger', 'poller').dependsOn(dns('api')).rendered();
const [pinger, poller] = [workload('pinger'), workload('poller')];
const waiting = pod('pinger-1').of('pinger').carrying(apiFirst).checking('api');
const settled = decide(world(apiFirst, pinger, poller), NOW);

const answered = (status: number) => new ApiError({ status, reason: 'Unknown', message: 'no' });

/** An API server that answers the patches of one object as `fails` says, and those of others as if it had stored them. */
function rig(subject: string, fails: () => unknown) {
  const tried: string[] = [];
  const patch: Requests['patch'] = async (_, { name, namespace }) => {
    tried.push(name);
    const metadata = { name, namespace, uid: `uid-of-${name}`, resourceVersion: '999' };
    const stored = { metadata, spec: { template: workload(name).carrying(apiFirst).template } };
    return name === subject ? fails() : stored;
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
      expect(failures).to.deep.equal([failure]);
    });
  }

  it('patches the other targets when the patch of one is undone on its way', async () => {
    const metadata = { name: 'pinger', namespace: 'my-namespace', uid: 'u', resourceVersion: '999' };
    const { context, tried } = rig('pinger', () => ({ metadata, spec: { template: pinger.template } }));
    const { failures } = await act(context, KEY, settled.writes);
    expect(tried).to.deep.equal(['pinger', 'poller']);
    expect(failures.map((failure) => failure instanceof Error && failure.name)).to.deep.equal(['Undone']);
  });

  for (const status of [0, 429]) {
    it(`tries nothing more when ${status || 'nothing'} is the answer: the others would fare no better`, async () => {
      const { context, tried } = rig('pinger', throws(answered(status)));
      expect(await errorOf(act(context, KEY, settled.writes))).to.include({ status });
      expect(tried).to.deep.equal(['pinger']);
    });
  }

  it('does not clean a template before its waiting Pods are opened', async () => {
    const { writes } = decide(world(apiFirst.deleting(), pinger.carrying(apiFirst), waiting), NOW);
    const { context, tried } = rig('pinger-1', throws(answered(500)));
    expect(await errorOf(act(context, KEY, writes))).to.include({ status: 500 });
    expect(tried).to.deep.equal(['pinger-1']);
  });
});

describe('reconcile', () => {
  it('tells what it did and reports, before it fails for one target', async () => {
    const stores = createStores();
    stores.gates.set(apiFirst.gate);
    for (const { workload } of [pinger, poller]) stores.workloads.Deployment.set(workload);
    const { context, tried } = rig('pinger', throws(answered(500)));
    const told: string[] = [];
    const passing = reconcile(
      {
        ...context,
        stores,
        settings: SETTINGS,
        hasAdmission: true,
        log: pino({ level: 'silent' }),
        notify: (_, { reason, note }) => told.push(`${reason}: ${note}`),
      },
      KEY,
    );
    expect(await errorOf(passing)).to.include({ status: 500 });
    expect(tried).to.deep.equal(['pinger', 'poller', 'api-first']);
    expect(told.join()).to.match(/^Gated: put the containers into Deployment poller/);
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
