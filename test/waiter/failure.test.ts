import { expect } from 'chai';
import { describeError } from '../../src/waiter/failure.ts';

describe('describeError', () => {
  for (const [code, words] of [
    ['ECONNREFUSED', 'connection refused'],
    ['ECONNRESET', 'connection reset'],
    ['EHOSTUNREACH', 'no route to host'],
    ['HPE_INVALID_CONSTANT', 'not an HTTP response'],
    ['ERR_HTTP2_ERROR', 'not an HTTP/2 response (what went wrong)'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'what went wrong'],
  ] as const) {
    it(`has words for ${code}`, () => {
      expect(describeError(Object.assign(new Error('what went wrong'), { code }))).to.equal(words);
    });
  }

  it('takes the message of any other error, and whatever else was thrown as it is', () => {
    expect(describeError(new Error('no start line'))).to.equal('no start line');
    expect(describeError('odd')).to.equal('odd');
  });
});
