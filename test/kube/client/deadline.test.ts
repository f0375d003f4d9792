import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { ApiError } from '../../../src/kube/api-error.ts';
import { withDeadline } from '../../../src/kube/client/deadline.ts';
import { ManualClock } from '../manual-clock.ts';

const never = () => new Promise<never>(() => {});
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('withDeadline', () => {
  it('gives the result and leaves no timer', async () => {
    const clock = new ManualClock();
    expect(await withDeadline(clock, 100, async () => 'done')).to.equal('done');
    expect(clock.pending).to.deep.equal([]);
  });

  it('leaves nothing on a parent that lives on', async () => {
    const parent = new AbortController();
    await withDeadline(new ManualClock(), 100, async () => 'done', parent.signal);
    expect(getEventListeners(parent.signal, 'abort')).to.deep.equal([]);
  });

  it('ends work that does not look at its signal, with a Timeout', async () => {
    const clock = new ManualClock();
    const error = caught(withDeadline(clock, 100, never));
    await clock.advance(100);
    expect(await error)
      .to.be.instanceOf(ApiError)
      .and.include({ status: 0, reason: 'Timeout' });
  });

  it('aborts the signal that the work has', async () => {
    const clock = new ManualClock();
    let given: AbortSignal | undefined;
    const work = (signal: AbortSignal) => {
      given = signal;
      return never();
    };
    const error = caught(withDeadline(clock, 100, work));
    await clock.advance(99);
    expect(given?.aborted).to.equal(false);
    await clock.advance(1);
    expect(given?.aborted).to.equal(true);
    await error;
  });

  it("ends with the parent's reason when the parent aborts, before or meanwhile", async () => {
    const clock = new ManualClock();
    const parent = new AbortController();
    const reason = new Error('stopped');
    const meanwhile = caught(withDeadline(clock, 100, never, parent.signal));
    parent.abort(reason);
    expect(await meanwhile).to.equal(reason);
    expect(await caught(withDeadline(clock, 100, never, parent.signal))).to.equal(reason);
    expect(clock.pending).to.deep.equal([]);
  });
});
