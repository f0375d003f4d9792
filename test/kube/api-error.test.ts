import { expect } from 'chai';
import {
  ApiError,
  errorFromAnswer,
  errorFromNetwork,
  errorFromStatus,
  isAlreadyExists,
  isConflict,
  isForbidden,
  isGone,
  isInvalid,
  isNotFound,
  isTransient,
} from '../../src/kube/api-error.ts';

const answer = (status: number, body: unknown, retryAfter?: string) =>
  errorFromAnswer(status, retryAfter, JSON.stringify(body));

describe('errorFromAnswer', () => {
  it('says what the Status says, with its causes', () => {
    const error = answer(422, {
      kind: 'Status',
      status: 'Failure',
      message: 'Deployment "a" is invalid',
      reason: 'Invalid',
      details: {
        causes: [
          { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.x' },
          { message: 'b' },
        ],
      },
      code: 422,
    });
    expect(error).to.include({ status: 422, reason: 'Invalid', message: 'Deployment "a" is invalid' });
    expect(error.causes).to.deep.equal([
      { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.x' },
      { reason: '', message: 'b', field: '' },
    ]);
    expect(error.retryAfterMs).to.equal(undefined);
  });

  it('has the same words for the same refusal, in whichever order the API server lists what is wrong', () => {
    const causes = [
      { reason: 'FieldValueForbidden', message: 'Forbidden: cannot be set, ever', field: 'spec.b' },
      { reason: 'FieldValueInvalid', message: 'Invalid value: "x": no, [a, b]', field: 'spec.a' },
      { reason: 'FieldValueInvalid', message: 'Invalid value: 7: too much', field: 'spec.a' },
    ];
    const refused = (order: readonly number[]) => {
      const inOrder = order.flatMap((index) => causes[index] ?? []);
      const list = inOrder.map(({ field, message }) => `${field}: ${message}`).join(', ');
      const message = `Deployment.apps "web" is invalid: [${list}]`;
      return answer(422, { kind: 'Status', message, reason: 'Invalid', details: { causes: inOrder } })
        .message;
    };
    const words =
      'Deployment.apps "web" is invalid: [spec.a: Invalid value: "x": no, [a, b], spec.a: Invalid value: 7: too much, spec.b: Forbidden: cannot be set, ever]';
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ])
      expect(refused(order)).to.equal(words);
  });

  it('leaves a message as it is that does not list its causes', () => {
    const causes = [
      { reason: 'A', message: 'no', field: 'spec.b' },
      { reason: 'A', message: 'no', field: 'spec.a' },
    ];
    for (const message of ['denied by a webhook: [b, a]', '']) {
      expect(answer(422, { kind: 'Status', message, reason: 'R', details: { causes } }).message).to.equal(
        message || 'R',
      );
    }
  });

  it('takes the time to wait from the header, else from the Status', () => {
    const body = { kind: 'Status', reason: 'TooManyRequests', details: { retryAfterSeconds: 2 } };
    expect(answer(429, body, '7').retryAfterMs).to.equal(7000);
    expect(answer(429, body).retryAfterMs).to.equal(2000);
    expect(answer(503, { kind: 'Status' }, 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfterMs).to.equal(undefined);
  });

  it('shows the beginning of an answer that is no Status, or its number', () => {
    expect(errorFromAnswer(404, undefined, '404 page not found\n')).to.include({
      status: 404,
      reason: 'Unknown',
      message: '404 page not found',
    });
    expect(errorFromAnswer(502, undefined, '').message).to.equal('HTTP 502');
    expect(errorFromAnswer(502, undefined, `<html>${'x'.repeat(5000)}`).message).to.have.length(200);
  });

  it('keeps the message of a Status whose details make no sense', () => {
    const body = { kind: 'Status', message: 'no', reason: 'Forbidden', details: { causes: 'many' } };
    expect(answer(403, body)).to.include({ message: 'no', reason: 'Forbidden' });
  });
});

describe('errorFromStatus', () => {
  it('takes the status of a watch event from its code', () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    expect(errorFromStatus(status)).to.include({ status: 410, reason: 'Expired' });
    expect(errorFromStatus('what')).to.include({ status: 0, reason: 'Unknown' });
  });
});

describe('errorFromNetwork', () => {
  it('tells a time-out from other failures', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    const late = Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
    expect(errorFromNetwork(refused)).to.include({
      status: 0,
      reason: 'NetworkError',
      message: refused.message,
    });
    expect(errorFromNetwork(late)).to.include({ status: 0, reason: 'Timeout' });
  });

  it('names the code of a failure without words, and bears anything', () => {
    expect(errorFromNetwork({ code: 'ECONNRESET', message: '' }).message).to.equal('ECONNRESET');
    expect(errorFromNetwork(undefined).message).to.equal('no answer');
  });

  it('leaves an ApiError as it is', () => {
    const error = new ApiError({ status: 404, reason: 'NotFound', message: 'x' });
    expect(errorFromNetwork(error)).to.equal(error);
  });
});

describe('the predicates', () => {
  const predicates = {
    isAlreadyExists,
    isConflict,
    isForbidden,
    isGone,
    isInvalid,
    isNotFound,
    isTransient,
  };
  const cases: [number, string, (keyof typeof predicates)[]][] = [
    [0, 'NetworkError', ['isTransient']],
    [0, 'Timeout', ['isTransient']],
    [400, 'BadRequest', ['isInvalid']],
    [401, 'Unauthorized', []],
    [403, 'Forbidden', ['isForbidden']],
    [404, 'NotFound', ['isNotFound']],
    [409, 'Conflict', ['isConflict']],
    [409, 'AlreadyExists', ['isAlreadyExists']],
    [410, 'Gone', ['isGone']],
    [410, 'Expired', ['isGone']],
    [422, 'Invalid', ['isInvalid']],
    [429, 'TooManyRequests', ['isTransient']],
    [500, 'InternalError', ['isTransient']],
    [503, 'ServiceUnavailable', ['isTransient']],
    [504, 'Timeout', ['isTransient']],
  ];
  for (const [status, reason, expected] of cases) {
    it(`know ${status} ${reason}`, () => {
      const error = new ApiError({ status, reason, message: '' });
      const holding = Object.entries(predicates).filter(([, holds]) => holds(error));
      expect(holding.map(([name]) => name)).to.deep.equal(expected);
    });
  }

  it('know nothing of other errors', () => {
    const other = Object.assign(new Error('x'), { status: 404 });
    expect(Object.values(predicates).some((holds) => holds(other))).to.equal(false);
  });
});
