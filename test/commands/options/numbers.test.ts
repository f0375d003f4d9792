import { expect } from 'chai';
import { Command, CommanderError } from 'commander';
import { chosenUid, port, positive, uid } from '../../../src/commands/options/numbers.ts';

/** What a command is given for `--value TEXT` with a parser. */
function parsed(parser: (text: string) => unknown, text: string): unknown {
  const command = new Command().exitOverride().configureOutput({ outputError: () => undefined });
  return command.option('--value <text>', '', parser, 'the default').parse(['', '', '--value', text]).opts()
    .value;
}

describe('numbers on the command line', () => {
  it('are user ids, or none for what the cluster chooses', () => {
    expect(parsed(uid, '0')).to.equal(0);
    expect(parsed(uid, '2147483647')).to.equal(2_147_483_647);
    expect(parsed(uid, 'none')).to.equal('none');
    expect([chosenUid('none'), chosenUid(7)]).to.deep.equal([undefined, 7]);
  });

  it('are ports and small counts', () => {
    expect(parsed(port, '65535')).to.equal(65_535);
    expect(parsed(positive, '1')).to.equal(1);
  });

  for (const [parser, texts] of [
    [uid, ['', '-1', '1.5', 'root', '2147483648', '1e3']],
    [port, ['65536', '0x10', ' 1']],
    [positive, ['0', '101']],
  ] as const) {
    it(`refuses ${texts.map((text) => `"${text}"`).join(', ')} for ${parser.name}`, () => {
      for (const text of texts)
        expect(() => parsed(parser, text), text).to.throw(CommanderError, 'whole number');
    });
  }
});
