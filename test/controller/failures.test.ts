import { expect } from 'chai';
import { Undone } from '../../src/controller/act.ts';
import { classifyFailure, levelOfEvent, levelOfWatch } from '../../src/controller/failures.ts';
import { ApiError } from '../../src/kube/api-error.ts';

const answered = (status: number, reason = 'Unknown', retryAfterMs?: number) =>
  new ApiError({ status, reason, message: 'words', retryAfterMs });

describe('classifyFailure', () => {
  const cases: [string, unknown, string, string][] = [
    ['somebody else was faster', answered(409, 'Conflict'), 'conflict', 'debug'],
    ['there was no answer', answered(0, 'NetworkError'), 'transient', 'warn'],
    ['the server is overloaded', answered(429, 'TooManyRequests'), 'transient', 'warn'],
    ['the server failed', answered(503), 'transient', 'warn'],
    ['something is refused for what it says', answered(422, 'Invalid'), 'refused', 'error'],
    ['the operator lacks a right, or the API server has just started', answered(403), 'refused', 'warn'],
    ['a patch was undone on its way', new Undone('undone'), 'undone', 'warn'],
    ['the code is wrong', new TypeError('x is not a function'), 'bug', 'error'],
    ['something that is no error was thrown', 'text', 'bug', 'error'],
  ];
  for (const [when, error, failure, level] of cases) {
    it(`is ${failure} at level ${level} when ${when}`, () => {
      expect(classifyFailure(error)).to.include({ failure, level });
    });
  }

  it('waits as long as the server asks', () => {
    expect(classifyFailure(answered(429, 'TooManyRequests', 7000)).waitMs).to.equal(7000);
    expect(classifyFailure(answered(409, 'Conflict')).waitMs).to.equal(undefined);
  });
});

describe('levelOfWatch', () => {
  it('is debug for what happens to every long watch, and warn for all else', () => {
    expect(levelOfWatch(answered(0, 'Idle'))).to.equal('debug');
    expect(levelOfWatch(answered(429, 'TooManyRequests'))).to.equal('debug');
    expect(levelOfWatch(answered(0, 'NetworkError'))).to.equal('warn');
    expect(levelOfWatch(answered(403, 'Forbidden'))).to.equal('warn');
    expect(levelOfWatch(new Error('cannot read a/b'))).to.equal('warn');
  });
});

describe('levelOfEvent', () => {
  it('is debug where the namespace is going away or gone, and warn for all else', () => {
    const causes = [
      { reason: 'NamespaceTerminating', message: 'namespace team is being terminated', field: '' },
    ];
    const terminating = new ApiError({ status: 403, reason: 'Forbidden', message: 'no', causes });
    expect(levelOfEvent(terminating)).to.equal('debug');
    expect(levelOfEvent(answered(404, 'NotFound'))).to.equal('debug');
    expect(levelOfEvent(answered(403, 'Forbidden'))).to.equal('warn');
    expect(levelOfEvent(answered(500))).to.equal('warn');
  });
});
