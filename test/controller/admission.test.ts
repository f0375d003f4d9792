import { expect } from 'chai';
import { AdmissionWatch } from '../../src/controller/admission.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import { ManualClock } from '../kube/manual-clock.ts';

const MINUTE = 60_000;

/** An API server on which the policy may be there or not. */
function rig() {
  const clock = new ManualClock();
  const changes: boolean[] = [];
  const server = { answer: (): Promise<unknown> => Promise.resolve({}) };
  const errors: unknown[] = [];
  const watch = new AdmissionWatch({
    requests: { get: () => server.answer() },
    clock,
    onChange: (isThere) => changes.push(isThere),
    onError: (error) => errors.push(error),
  });
  return { clock, changes, errors, server, watch };
}
const refuses = (status: number) => () =>
  Promise.reject(new ApiError({ status, reason: 'Unknown', message: 'no' }));

describe('AdmissionWatch', () => {
  it('finds the policy at its start', async () => {
    const { watch, changes } = rig();
    await watch.start();
    expect(watch.isThere).to.equal(true);
    expect(changes).to.deep.equal([true]);
    watch.stop();
  });

  for (const status of [404, 403]) {
    it(`counts on no policy when the answer is ${status}, and does not fail`, async () => {
      const { watch, changes, errors, server } = rig();
      server.answer = refuses(status);
      await watch.start();
      expect(watch.isThere).to.equal(false);
      expect([...changes, ...errors]).to.deep.equal([]);
      watch.stop();
    });
  }

  it('asks again until there is an answer, and says why there is none', async () => {
    const { watch, changes, errors, server, clock } = rig();
    server.answer = refuses(503);
    const known = watch.start();
    await clock.advance(0);
    await clock.advance(12_000);
    expect(watch.isKnown).to.equal(false);
    expect(errors).to.have.length(3);
    server.answer = () => Promise.resolve({});
    await clock.advance(5000);
    expect(await known).to.equal(true);
    expect([watch.isKnown, watch.isThere, ...changes]).to.deep.equal([true, true, true]);
    watch.stop();
  });

  for (const status of [0, 429, 500]) {
    it(`goes on with what it knows when the answer is ${status || 'none'}`, async () => {
      const { watch, changes, server, clock } = rig();
      await watch.start();
      server.answer = refuses(status);
      await clock.advance(10 * MINUTE);
      expect(watch.isThere).to.equal(true);
      expect(changes).to.deep.equal([true]);
      watch.stop();
    });
  }

  it('does not keep anybody waiting when it is stopped before an answer', async () => {
    const { watch, server } = rig();
    server.answer = () => new Promise(() => {});
    const known = watch.start();
    watch.stop();
    expect(await known).to.equal(false);
  });

  it('looks again every minute, and tells only what changes', async () => {
    const { watch, changes, server, clock } = rig();
    await watch.start();
    await clock.advance(MINUTE);
    server.answer = refuses(404);
    await clock.advance(MINUTE);
    server.answer = () => Promise.resolve({});
    await clock.advance(MINUTE);
    expect(changes).to.deep.equal([true, false, true]);
    watch.stop();
  });

  it('leaves no timer when it is stopped', async () => {
    const { watch, clock } = rig();
    await watch.start();
    watch.stop();
    expect(clock.pending).to.deep.equal([]);
  });
});
