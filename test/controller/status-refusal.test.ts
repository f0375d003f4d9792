import { expect } from 'chai';
import { referenceTo } from '../../src/controller/reference.ts';
import { StatusRefusal } from '../../src/controller/status-refusal.ts';
import { ApiError } from '../../src/kube/api-error.ts';

const first = referenceTo({ namespace: 'a', name: 'first' });
const other = referenceTo({ namespace: 'b', name: 'other' });
const failed = (status: number, message = 'only somebody else may') =>
  Promise.reject(new ApiError({ status, reason: 'Any', message }));

describe('StatusRefusal', () => {
  let refusal: StatusRefusal;
  beforeEach(async () => {
    refusal = new StatusRefusal();
    await refusal.of(first, failed(403)).catch(() => undefined);
  });

  it("is told in the API server's words, until a status is accepted", async () => {
    expect(refusal.message).to.equal('only somebody else may');
    expect(await refusal.of(other, Promise.resolve('done'))).to.equal('done');
    expect(refusal.message).to.equal(undefined);
  });

  it('goes with the gate whose status it was, and with no other', () => {
    refusal.forget(other);
    expect(refusal.message).to.equal('only somebody else may');
    refusal.forget(first);
    expect(refusal.message).to.equal(undefined);
  });

  it('is no other failure, and no other failure ends it', async () => {
    const fresh = new StatusRefusal();
    for (const status of [0, 404, 409, 422, 429, 500]) {
      await fresh.of(first, failed(status)).catch(() => undefined);
      await refusal.of(first, failed(status)).catch(() => undefined);
    }
    expect(fresh.message).to.equal(undefined);
    expect(refusal.message).to.equal('only somebody else may');
  });

  it('passes on what the write has thrown', async () => {
    const error = await refusal.of(first, failed(409, 'changed')).catch((one: unknown) => one);
    expect(error).to.include({ status: 409, message: 'changed' });
  });
});
