import { expect } from 'chai';
import type { Logger } from 'pino';
import { createLog, toggleDebug } from '../../src/commands/operator-log.ts';
import { ApiError } from '../../src/kube/api-error.ts';

describe('createLog', () => {
  it('writes nothing that a terminal would act on, and loses nothing of it', () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => lines.push(line) });
    const words = 'a\x07\x1b[2J\x7f\x9b31m\u202eb\u2028\u200b\u{e0041}é';
    log.info({ reason: words, err: new Error(words) }, words);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\n$/u);
    expect(lines[0]).to.include('é');
    const { msg, reason, err } = JSON.parse(lines[0] ?? '');
    expect([msg, reason, err.message]).to.deep.equal([words, words, words]);
  });

  it('tells the level by its name and the time as RFC 3339 has it, and nothing of process and host', () => {
    const [line = ''] = logged((log) => log.warn({ gate: 'team/first' }, 'words'));
    const { time, ...others } = JSON.parse(line);
    expect(others).to.deep.equal({ level: 'warn', gate: 'team/first', msg: 'words' });
    expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('tells what the API server said without a stack, and of a fault of its own the stack too', () => {
    const refused = new ApiError({ status: 403, reason: 'Forbidden', message: 'no' });
    const errors = logged((log) => {
      log.warn({ err: refused }, 'refused');
      log.error({ err: new TypeError('x is not a function') }, 'a fault');
      log.error({ err: 'text' }, 'a fault');
    }).map((line) => JSON.parse(line).err);
    expect(errors[0]).to.deep.equal({ type: 'ApiError', status: 403, reason: 'Forbidden', message: 'no' });
    expect(errors[1].stack).to.contain('operator-log.test');
    expect(errors[2]).to.equal('text');
  });

  it('tells more for a while, and says so', () => {
    const lines = logged((log) => {
      log.debug('before');
      toggleDebug(log, 'info');
      log.debug('while');
      toggleDebug(log, 'info');
      log.debug('after');
    }).map((line) => JSON.parse(line));
    expect(lines.map(({ msg, logLevel }) => [msg, logLevel].filter(Boolean).join(' '))).to.deep.equal([
      'the log level has changed debug',
      'while',
      'the log level has changed info',
    ]);
  });
});

function logged(act: (log: Logger) => void): string[] {
  const lines: string[] = [];
  act(createLog('info', { write: (line) => lines.push(line) }));
  return lines;
}
