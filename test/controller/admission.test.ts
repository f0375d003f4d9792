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
  const watch = new AdmissionWatch({ get: () => server.answer() }, clock, (isThere) => changes.push(isThere));
  return { clock, changes, server, watch };
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

  for (const status of [404, 403, 500]) {
    it(`counts on no policy when the answer is ${status}, and does not fail`, async () => {
      const { watch, changes, server } = rig();
      server.answer = refuses(status);
      await watch.start();
      expect(watch.isThere).to.equal(false);
      expect(changes).to.deep.equal([]);
      watch.stop();
    });
  }

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
