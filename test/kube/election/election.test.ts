import { expect } from 'chai';
import { ApiError } from '../../../src/kube/api-error.ts';
import { Election } from '../../../src/kube/election/election.ts';
import { ManualClock, settled } from '../manual-clock.ts';
import { LeaseServer } from './lease-server.ts';

const LEASE = { namespace: 'system', name: 'operator' };
const WALL = Date.parse('2026-11-27T10:00:00Z');

function rig({ watching = true }: { readonly watching?: boolean } = {}) {
  const server = new LeaseServer();
  const clock = new ManualClock();
  const began = clock.now();
  const turns: string[] = [];
  const errors: unknown[] = [];
  const elections: Election[] = [];
  const candidate = async (identity: string) => {
    const election = new Election({
      ...{ lease: LEASE, identity, clock, random: () => 0 },
      requests: server.requestsOf(identity, watching),
      wallNow: () => WALL + clock.now() - began,
      onLeading: () => turns.push(`${identity} leads`),
      onLost: () => turns.push(`${identity} has lost`),
      onHolder: (holder) => turns.push(`${identity} sees ${holder}`),
      onError: (error) => errors.push(error),
    });
    elections.push(election);
    election.start();
    await everythingSettled();
    return election;
  };
  const stop = () => Promise.all(elections.map((one) => one.stop({ release: false })));
  return { server, clock, turns, errors, candidate, stop };
}

/** What goes from one candidate to the server and by a watch to another takes some turns. */
async function everythingSettled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await settled();
}

describe('Election', () => {
  let one: ReturnType<typeof rig>;
  beforeEach(() => {
    one = rig();
  });
  afterEach(async () => {
    const stopped = one.stop();
    await one.clock.advance(1000);
    await stopped;
  });

  const pass = async (ms: number) => {
    await one.clock.advance(ms);
    await everythingSettled();
  };

  it('makes the Lease where there is none, renews it every 2 s with its version as a condition, and reads it no more', async () => {
    await one.candidate('a');
    await pass(2000);
    const spec = {
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-11-27T10:00:00.000000Z',
      leaseTransitions: 0,
    };
    const apiVersion = 'coordination.k8s.io/v1';
    expect(one.server.calls).to.deep.equal([
      { by: 'a', verb: 'get' },
      {
        ...{ by: 'a', verb: 'create' },
        body: {
          ...{ apiVersion, kind: 'Lease', metadata: LEASE },
          spec: { ...spec, renewTime: '2026-11-27T10:00:00.000000Z' },
        },
      },
      {
        ...{ by: 'a', verb: 'patch' },
        body: {
          metadata: { resourceVersion: '1' },
          spec: { ...spec, renewTime: '2026-11-27T10:00:02.000000Z' },
        },
      },
    ]);
    expect(one.turns).to.deep.equal(['a leads']);
    expect(one.errors).to.be.empty;
  });

  it('has one leader, while the other reads and writes nothing', async () => {
    const a = await one.candidate('a');
    const b = await one.candidate('b');
    await pass(60_000);
    expect([a.isLeader, b.isLeader]).to.deep.equal([true, false]);
    expect(one.turns).to.deep.equal(['a leads', 'b sees a']);
    const ofB = one.server.calls.filter(({ by }) => by === 'b').map(({ verb }) => verb);
    expect(new Set(ofB)).to.deep.equal(new Set(['get']));
  });

  it('goes over at once when it is given back, and is counted', async () => {
    const a = await one.candidate('a');
    const b = await one.candidate('b');
    await pass(500);
    await a.stop({ release: true });
    await everythingSettled();
    expect(b.isLeader).to.equal(true);
    expect(one.server.lease?.spec).to.deep.include({
      ...{ holderIdentity: 'b', leaseTransitions: 1, leaseDurationSeconds: 15 },
      acquireTime: '2026-11-27T10:00:00.500000Z',
    });
    expect(one.turns).to.deep.equal(['a leads', 'b sees a', 'b leads']);
  });

  it('is given back as nobody', async () => {
    const a = await one.candidate('a');
    await a.stop({ release: true });
    expect(one.server.calls.at(-1)?.body).to.deep.equal({
      metadata: { resourceVersion: '1' },
      spec: { holderIdentity: null, leaseDurationSeconds: 1, renewTime: '2026-11-27T10:00:00.000000Z' },
    });
  });

  it('is not given back where the work goes on, nor by whoever stood by', async () => {
    const a = await one.candidate('a');
    const b = await one.candidate('b');
    await b.stop({ release: true });
    await a.stop({ release: false });
    expect(one.server.lease?.spec.holderIdentity).to.equal('a');
  });

  it('goes to the other when its time is over, where the first is gone without a word', async () => {
    await one.candidate('a');
    const b = await one.candidate('b');
    await pass(3000);
    one.server.unreachable.add('a');
    await pass(13_900);
    expect(b.isLeader).to.equal(false);
    await pass(200);
    expect(b.isLeader).to.equal(true);
  });

  it('is lost by who reaches nobody, 10 s after the last request that was answered and before another has it', async () => {
    const a = await one.candidate('a');
    await one.candidate('b');
    one.server.unreachable.add('a');
    await pass(9999);
    expect(a.isLeader).to.equal(true);
    await pass(1);
    expect(a.isLeader).to.equal(false);
    expect(one.turns).to.deep.equal(['a leads', 'b sees a', 'a has lost']);
    await pass(6000);
    one.server.unreachable.clear();
    await pass(30_000);
    expect(one.turns).to.deep.equal(['a leads', 'b sees a', 'a has lost', 'b leads', 'a sees b']);
  });

  it('is had again by who reaches the server before another has taken it', async () => {
    const a = await one.candidate('a');
    one.server.unreachable.add('a');
    await pass(11_000);
    one.server.unreachable.clear();
    await pass(2000);
    expect(a.isLeader).to.equal(true);
    expect(one.turns).to.deep.equal(['a leads', 'a has lost', 'a leads']);
  });

  it('is lost at once where somebody writes another name into it', async () => {
    const a = await one.candidate('a');
    one.server.edit({ holderIdentity: 'nobody-knows' });
    await everythingSettled();
    expect(a.isLeader).to.equal(false);
    await pass(14_900);
    expect(a.isLeader).to.equal(false);
    await pass(200);
    expect(a.isLeader).to.equal(true);
  });

  it('stays with who has it where somebody edits anything else, or deletes it', async () => {
    const a = await one.candidate('a');
    const edits = [{ leaseDurationSeconds: 1 }, { renewTime: null }, { leaseDurationSeconds: null }];
    for (const edit of edits) {
      one.server.edit(edit);
      await everythingSettled();
      expect(one.server.lease?.spec, 'written again at once').to.include({ leaseDurationSeconds: 15 });
    }
    one.server.remove();
    await everythingSettled();
    expect(one.server.lease?.spec.holderIdentity).to.equal('a');
    expect(a.isLeader).to.equal(true);
    expect(one.turns).to.deep.equal(['a leads']);
  });

  it('has one leader again where it is deleted while two look', async () => {
    const a = await one.candidate('a');
    const b = await one.candidate('b');
    one.server.remove();
    await everythingSettled();
    expect([a, b].filter((each) => each.isLeader)).to.have.length(1);
    await pass(10_000);
    expect([a, b].filter((each) => each.isLeader)).to.have.length(1);
  });

  it('works without a watch, a look later', async () => {
    one = rig({ watching: false });
    const a = await one.candidate('a');
    const b = await one.candidate('b');
    await a.stop({ release: true });
    await pass(2000);
    expect(b.isLeader).to.equal(true);
  });

  it('says that it may not take part, until it may', async () => {
    one.server.refusal = new ApiError({ status: 403, reason: 'Forbidden', message: 'not you' });
    const a = await one.candidate('a');
    expect(a.refusal).to.equal('not you');
    expect(one.errors).to.have.length(1);
    one.server.refusal = undefined;
    await pass(2000);
    expect([a.refusal, a.isLeader]).to.deep.equal([undefined, true]);
  });

  it('is stopped within a second where the server does not answer', async () => {
    const a = await one.candidate('a');
    one.server.silent.add('a');
    let isStopped = false;
    const stopped = a.stop({ release: true }).then(() => {
      isStopped = true;
    });
    await pass(999);
    expect(isStopped, 'while an answer may come').to.equal(false);
    await pass(1);
    await stopped;
    expect(a.isLeader).to.equal(false);
  });
});
