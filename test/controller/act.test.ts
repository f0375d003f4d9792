import { expect } from 'chai';
import { act, Undone } from '../../src/controller/act.ts';
import type { Result } from '../../src/controller/write.ts';
import type { Write } from '../../src/core/plan/plan.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import { dns, gate, NOW, pod, workload, world } from '../core/builders.ts';
import { writesOf } from '../core/in-words.ts';
import { decide } from '../core/simulate.ts';

const apiFirst = gate('api-first').targets('pinger', 'poller').dependsOn(dns('api')).rendered();
const [pinger, poller] = [workload('pinger'), workload('poller')];
const waiting = ['pinger-1', 'pinger-2'].map((name) => pod(name).of('pinger').carrying(apiFirst));
const patches = decide(world(apiFirst, pinger, poller), NOW).writes;
const openings = decide(world(apiFirst.deleting(), pinger.carrying(apiFirst), ...waiting), NOW).writes;
const release: Write = { do: 'remove-finalizer', gate: apiFirst.gate };

const answered = (status: number) => new ApiError({ status, reason: 'Unknown', message: 'no' });
const nameOf = (write: Write) =>
  'pod' in write ? write.pod.name : 'workload' in write ? write.workload.name : write.gate.name;

/** Makes the writes; that of one object fails. */
function acting(writes: readonly Write[], object: string, failure: Error, result: Result = 'done') {
  const tried: string[] = [];
  const acted = act(writes, async (write) => {
    tried.push(nameOf(write));
    if (nameOf(write) === object) throw failure;
    return result;
  });
  return { tried, acted };
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('act', () => {
  it('is given what these tests are about', () => {
    expect(writesOf({ writes: patches })).to.deep.equal(['patch-target pinger', 'patch-target poller']);
    expect(writesOf({ writes: openings })).to.deep.equal(['open-pod pinger-1', 'open-pod pinger-2']);
  });

  for (const status of [409, 500, 503]) {
    it(`goes on with the next object when the answer for one is ${status}`, async () => {
      const failure = answered(status);
      const { tried, acted } = acting(patches, 'pinger', failure);
      const { done, failures } = await acted;
      expect(tried).to.deep.equal(['pinger', 'poller']);
      expect(done).to.deep.equal(patches.slice(1));
      expect(failures.map(({ error }) => error)).to.deep.equal([failure]);
    });
  }

  it('goes on when the patch of one is undone on its way', async () => {
    const { tried, acted } = acting(patches, 'pinger', new Undone('not current'));
    expect((await acted).failures.map(({ error }) => error.name)).to.deep.equal(['Undone']);
    expect(tried).to.deep.equal(['pinger', 'poller']);
  });

  for (const status of [0, 429]) {
    it(`tries nothing more when ${status || 'nothing'} is the answer: the others would fare no better`, async () => {
      for (const [writes, first] of [
        [patches, 'pinger'],
        [openings, 'pinger-1'],
      ] as const) {
        const { tried, acted } = acting(writes, first, answered(status));
        expect(await errorOf(acted)).to.include({ status });
        expect(tried).to.deep.equal([first]);
      }
    });
  }

  for (const status of [403, 409, 422, 500]) {
    it(`opens the other Pods when the answer for one is ${status}, and releases nothing before all are`, async () => {
      const failure = answered(status);
      const { tried, acted } = acting([...openings, release], 'pinger-1', failure);
      const { done, failures } = await acted;
      expect(tried).to.deep.equal(['pinger-1', 'pinger-2']);
      expect(done.map(({ do: what }) => what)).to.deep.equal(['open-pod']);
      expect(failures.map(({ error }) => error)).to.deep.equal([failure]);
    });
  }

  it('tells what was done from what was gone, and whether there is something new to know', async () => {
    const none = answered(500);
    expect(await acting(patches, 'none', none, 'gone').acted).to.deep.include({
      done: [],
      hasLearned: false,
    });
    expect(await acting(patches, 'none', none, 'learned').acted).to.deep.include({ hasLearned: true });
    expect((await acting(patches, 'none', none).acted).done).to.deep.equal(patches);
  });
});
