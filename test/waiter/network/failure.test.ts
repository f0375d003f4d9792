import { expect } from 'chai';
import { describeError } from '../../../src/waiter/network/failure.ts';

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

  it("says OpenSSL's reason without the places in its source", () => {
    const message = '40DAC:error:0A000102:SSL routines:f:unsupported protocol:../deps/openssl/a.c:77:\n';
    const more = { code: 'ERR_SSL_UNSUPPORTED_PROTOCOL', reason: 'unsupported protocol' };
    expect(describeError(Object.assign(new Error(message), more))).to.equal('unsupported protocol');
  });

  it('keeps to one line', () => {
    expect(describeError(new Error('no\n  start line\n'))).to.equal('no start line');
  });

  it('takes the message of any other error, and whatever else was thrown as it is', () => {
    expect(describeError(new Error('no start line'))).to.equal('no start line');
    expect(describeError('odd')).to.equal('odd');
  });
});
