import { expect } from 'chai';
import { createLog } from '../../src/commands/operator-log.ts';

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
});
